/** Commands in lists in brackets, and arguments apart from their commands. */

import { itHides, itLeaves } from '../redacted.ts';

describe('redact/own/context/commands/command-lists', () => {
  itHides([
    'command: ["mysql", "-u", "root",\n  "-p§"]\n',
    'command: ["mysql", "-u", "root", # words\n\n  # words\r\n  "-e", "x", "-p§", "y"\n]\n"-pb1c2d3"\n',
    'command: [/usr/bin/mysql, -u, root,\n  -p§, -e, x]\n- -pb1c2d3\n',
    'command: [\n  "redis-cli", "-h",\n  "x", "-a",\n  "§"]\n',
    // A plain word is a secret where the command says so, in this order.
    'command: ["redis-cli"]\nargs: ["-a", "§"]\n',
    [
      'command: ["redis-cli"]\nargs: ["-a", "letmein"]\n',
      'command: ["redis-cli"]\nargs: ["-a", "§"]\n',
    ],
    [
      '- command: ["redis-cli"]\n  image: x\n  env:\n  - name: DB_TOKEN\n    value: §\n  args:\n  - -a\n  - letmein\n',
      "- command: [\"redis-cli\"]\n  image: x\n  env:\n  - name: DB_TOKEN\n    value: '§'\n  args:\n  - -a\n  - '§'\n",
    ],
    [
      '- command:\n  - redis-cli\n  image: x\n  args:\n  - -a\n  - letmein\n',
      "- command:\n  - redis-cli\n  image: x\n  args:\n  - -a\n  - '§'\n",
    ],
    [
      '  "command": [\n    "redis-cli"\n  ],\n  "image": "x",\n  "args": [\n    "-a",\n    "letmein"\n  ]\n',
      '  "command": [\n    "redis-cli"\n  ],\n  "image": "x",\n  "args": [\n    "-a",\n    "§"\n  ]\n',
    ],
    'command: ["mysql"]\nargs: ["-u", "root",\n  "-p§"]\n',
    '{"command":["mysql"],"image":"x","args":["-p§"]}\n',
    '{"args":["-p§","x"],"command":["mysql"],"b":["-pb"]}\n',
    '{"x":"{\\"args\\":[\\"-p§\\"],\\"command\\":[\\"/bin/mysql\\"]}"}\n',
  ]);

  itLeaves([
    'command: ["mysql", "-u", "root"]\n"-pb1c2d3"\n',
    'command: ["mysql", "-u", "root",\n  "-P", "3306"]\nargs: ["-x"]\n',
    'command: ["sh", "-c", "mysql -u root",\n  "-pb1c2d3"]\n',
    '- command: ["mysql"]\n- args: ["-pb1c2d3"]\n',
    'a:\n  command: ["mysql"]\nargs: ["-pb1c2d3"]\n',
    '- command:\n  - mysql\n- image: x\n  args:\n  - -pb1c2d3\n',
    'command: ["mysql"]\nx:\n  args: ["-pb1c2d3"]\n',
    'packages:\n- curl\n- mysql\nargs: ["-x", "b"]\n',
    '{"args":["-pb1c2d3"],"x":1},{"command":["mysql"]}\n',
  ]);
});

describe('redact/own/context/commands/any-arguments', () => {
  itHides([
    'args: ["-a", "§"]\ncommand: ["redis-cli"]\n',
    'args: [-a, §]\ncommand: [redis-cli]\n',
    'args: ["-u",\n  "bob:§"]\ncommand: ["curl"]\n',
    '"args": [\r\n  "-a",\r\n  "§"\r\n],\r\n"command": [\r\n  "redis-cli"\r\n]\r\n',
    [
      '- args:\n  - --user\n  - bob:§\n  command:\n',
      '- args:\n  - --user\n  - bob:§\n  command:\n',
    ],
    ['- args:\n  - -a\n  - §\n  command:\n', "- args:\n  - -a\n  - '§'\n  command:\n"],
    '{"x":"{\\"args\\":[\\"-a\\",\\"§\\"],\\"command\\":[\\"redis-cli\\"]}"}\n',
  ]);

  itLeaves([
    'args: ["-a", "all"]\nargs: ["-p", "8080"]\nargs: ["-p", "8080:80"]\n',
    'args: ["-u", "1000:1000"]\nargs: ["-u", "nobody:nogroup"]\nargs: ["-u", "root"]\n',
    'args: ["-p", "/var/lib/x1"]\nargs: ["-a", "https://x1:80"]\nargs: ["-w", "%{http_code}9"]\n',
    'args: ["-a", "key1=value1"]\nargs: ["-a", "db-1.example:5432"]\nargs: ["-w", "1500ms"]\n',
    'args: ["-p", "{\\"a\\":1}"]\nargs: ["-a", "$(X1)"]\nargs: ["-a", "-b1c2"]\n',
    '- -a\n- web-1\n- -p\n- tcp\n- -u\n- https://x1\n',
    '- -a\nb1c2d3e4\n',
    '- -a\n- x\n- b1c2d3e4\n',
    'zone-a,b1c2d3e4\nx-a"\n',
  ]);
});
