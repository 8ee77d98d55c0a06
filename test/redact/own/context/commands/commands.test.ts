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
    // A whole command as the text of a list.
    'args:\n- mysql -uroot -p§ -e x\n- b\n',
    '- curl -u a:§ http://x\n- redis-cli -a § ping\r\n- sshpass -p § ssh h\n',
    '- mongo -u root -p §\n- mysqladmin ping -u root -p§\n- /usr/bin/curl "-u" "a:§" # words\n',
    '{"a":"x:\\n- mysql -uroot -p§ -e x\\n- redis-cli -a § ping\\n"}\n',
    '- mysql -uroot \\\n  -p§\n',
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
    '- curl\n- mysql # -pwords\n- redis-cli \n- curl -sk https://x:80\n',
    '{"a":"- mysql \\n- -x\\n- b\\n"}\n',
  ]);
});

describe('redact/own/context/commands/command-words', () => {
  itHides([
    'curl -ua:§ x\ncurl --user=a:§ x\ncurl -su a:§ x\ncurl -sku a:§ x\ncurl -kU a:§ --proxy-user=b:§ x\n',
    '["curl","--user=a:§","-sku","a:§","x"]\n',
    '- curl\n- --user=a:§\n- -sku\n- a:§\n',
    'mysqlcheck -p§ x\nmariadb-check -p§\n7z x -p§ a.zip\n["7z","x","-p§"]\n',
    'docker login -u bob -p§ x\ncqlsh h -u a -p §\nrabbitmqadmin -p § list\ncypher-shell -u a -p §\n',
    'sqlcmd -S h -P § -Q x\nbcp a out b -P §\nsqlcmd -S h -P§\n',
    'smbclient //h/s -U a%§ -c ls\nhttp -a a:§ GET x\nhttps --auth=a:§ -a a:§ x\n',
    '{"a":"#!/bin/sh\\ncqlsh -p § h\\nsqlcmd -P §\\nhttp -a a:§ x\\n"}\n',
  ]);

  itLeaves([
    'curl -fsSLo a:b1c2 x\ncurl -u a x\ncurl --user=a x\ncurl -sku $USER:$PASSWORD x\n',
    'mysqlcheck -P 3306 --protocol=tcp x\n7z x -y a.zip\nsqlcmd -p 1 -Q x1\n',
    'docker login -u bob --password-stdin\ncqlsh -u a -p\ncypher-shell -p $PASSWORD\n',
    'smbclient //h/s -U a -c ls\nhttp -a a GET x\nhttp GET x a:b1c2\nserved http - all:b1c2\n',
  ]);
});

describe('redact/own/context/commands/phrases', () => {
  itHides([
    'aws configure set aws_secret_access_key §\naws configure set profile.x.aws_session_token "§"\n',
    '["aws","configure","set","aws_secret_access_key","§"]\n',
    'mc alias set m https://x AK §\nmc alias set --quiet m https://x AK "§" --api x\n',
    '["mc", "alias", "set", "m", "https://x", "AK", "§"]\n',
    'rabbitmqctl add_user bob §\nrabbitmqctl -n x change_password bob §\n',
    '{"a":"rabbitmqctl add_user bob §\\nrabbitmqctl change_password \\"§\\" \\"§\\"\\n"}\n',
    'vault login §\nvault login -no-print §\n["vault","login","§"]\n',
    'echo § | docker login -u a --password-stdin x\necho -n "§" | helm registry login x --password-stdin\n',
    'kubeadm join h --certificate-key § --control-plane\n- --certificate-key=§\n["--certificate-key","§"]\n',
  ]);

  itLeaves([
    'aws configure set region eu-west-1\naws configure set aws_secret_access_key $KEY\n',
    'mc alias list m https://x AK b1\nmc alias set m https://x\nmc alias set m https://x $AK $SK\n',
    'rabbitmqctl set_user_tags bob b1c2\nrabbitmqctl add_user bob\nrabbitmqctl add_user bob $PASSWORD\n',
    'vault login failed\nvault login -method=userpass username=bob1\nvault login $TOKEN\n',
    'echo $TOKEN | docker login --password-stdin\necho b1c2 | docker login\necho b1c2 | tee x\n',
    '--certificate-key --upload-certs\n--certificate-key $KEY\n',
  ]);
});
