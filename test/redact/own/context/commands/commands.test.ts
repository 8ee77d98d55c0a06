/** Arguments of commands, a line each and on one line. */

import { itHides, itLeaves } from '../redacted.ts';

describe('redact/own/context/commands/commands', () => {
  itHides([
    'command:\n- curl\n- -u\n- admin:§\n- https://x\n',
    'command:\n  - /usr/bin/curl\n  # words\n\n  - -s\n  - --user\n  - "admin:§" # words\n  - x\n',
    'args:\n- mysql\n- -h\n- db\n- -p§\n- -e\n- x\n',
    ['- redis-cli\n- -a\n- §\n- ping\n', "- redis-cli\n- -a\n- '§'\n- ping\n"],
    '"args": [\n  "redis-cli",\n  "-a",\n  "§",\n  "ping"\n],\n"-a",\n"b"\n',
    '"command": [\n  "curl",\n  "-u",\n  "admin:§"\n]\n',
    '- sshpass\n- -p§\n- mysql\n- -p§\n',
    ['- mysql\n- --password\n- §\n- -p§\n', "- mysql\n- --password\n- '§'\n- -p§\n"],
    ['- curl\n- --token\n- -u\n- a:§\n', '- curl\n- --token\n- -u\n- a:§\n'],
    [
      '{"a":"args:\\n- --password\\n- §\\n- b\\n"}\n',
      '{"a":"args:\\n- --password\\n- \'§\'\\n- b\\n"}\n',
    ],
    [
      '{"a":"- \\"--token\\"\\n- \\"§\\"\\n- b\\n"}\n',
      '{"a":"- \\"--token\\"\\n- \\"§\\"\\n- b\\n"}\n',
    ],
    [
      '{"a":"{\\"b\\":\\"args:\\\\n  - --password\\\\n  - §\\\\n  - c\\"}"}\n',
      '{"a":"{\\"b\\":\\"args:\\\\n  - --password\\\\n  - \'§\'\\\\n  - c\\"}"}\n',
    ],
    '{"a":"command:\\n  - curl\\n  - -u\\n  - admin:§\\n  - x\\n"}\n',
    ['{"a":"- redis-cli\\n- -a\\n- §\\n"}\n', '{"a":"- redis-cli\\n- -a\\n- \'§\'\\n"}\n'],
    '{"a":"[\\n  \\"curl\\",\\n  \\"-u\\",\\n  \\"admin:§\\"\\n]"}\n',
    '{"a":"[\\n  \\"--password\\",\\n  \\"§\\"\\n]"}\n',
    '{"a":"#!/bin/sh\\ncurl -u admin:§ https://x\\n"}\n',
    '{"a":"curl -s \\\\\\n  -u admin:§ \\\\\\n  https://x\\n"}\n',
    'curl -s \\\n  -u admin:§ \\\n  https://x\nb -u c:d\n',
    'mysqldump -h x \\\r\n  -p§ y\r\n',
  ]);

  itLeaves([
    'command:\n- curl\n- -u\n- admin\n- https://x:80\n',
    '- curl\n- -u\n- $(USER):$(PASSWORD)\n',
    '- curl\nname: x\n- -u\n- a:b\n',
    '- curl\n  - -u\n  - a:b\n',
    '- sh\n- -p\n- -u\n- a:b\n',
    '- mysql\n- -P\n- "3306"\n- --protocol\n- tcp\n',
    '"name": "mysql",\n"-pfoo",\n',
    '- name: mysql\n- -pfoo\n',
    'image: redis\nargs:\n- -a\n- b\n',
    'ports:\n- mongo\n- "27017"\n',
    '{"a":"- curl\\n- b\\nc: -u d:e\\n"}\n',
    '{"a":"args:\\n- --password\\n- --user\\n- b\\n"}\n',
    '{"a":"args:\\n- --password-file\\n- /x\\n- b\\n"}\n',
    'apt-get install curl \\\n  mysql-client \\\n  -y\n',
  ]);
});
