/** Values in code, in what languages print of their objects, in pairs and in XML. */

import { itHides, itLeaves } from '../redacted.ts';

describe('redact/own/context/fields on code and what it prints', () => {
  itHides([
    'os.environ["DB_PASSWORD"] = "§"\n',
    "ENV['SECRET'] = '§'\nENV['SECRET'] ||= '§'\n",
    'gitlab_rails[\'smtp_password\'] = "§"\n',
    'config["password"] = "§"\n',
    ['    [password] => § §\n', '    [password] => §\n'],
    "[('user', 'x'), ('password', '§')]\n",
    '{password,"§"}\n',
    '[{default_user, <<"x">>}, {default_pass, <<"§">>}]\n',
    ' (string) (len=8) "password": (string) (len=18) "§",\n',
    'User {\n    password: Some(\n        "§",\n    ),\n    b: Some(\n        "x9",\n',
    'password: Some("§")\n',
    'dataSource.password......§\n',
    'password = """§"""\n',
    "password = '''§'''\n",
  ]);

  itLeaves([
    'x["password"] == "a9x1"\n',
    'x["password"] = get(x9)\n',
    '[token]: https://x.example/a9x1\n',
    "('password', 'Password')\n",
    '("token", "secret")\n',
    'password................................"<masked>"\n',
    'entering password... 9done\n',
    'password = """\n',
    'password = """"""\n',
  ]);
});

describe('redact/own/context/fields on pairs', () => {
  itHides([
    ['- name: DB_PASSWORD\n  # x\n\n  value: §\n', "- name: DB_PASSWORD\n  # x\n\n  value: '§'\n"],
    ['- name: DB_PASSWORD\n# x\n  value: §\n', "- name: DB_PASSWORD\n# x\n  value: '§'\n"],
    [
      '2026-01-01T00:00:00Z - name: DB_PASSWORD\n2026-01-01T00:00:00Z   value: §\n',
      "2026-01-01T00:00:00Z - name: DB_PASSWORD\n2026-01-01T00:00:00Z   value: '§'\n",
    ],
    [
      'web-1  | - name: DB_PASSWORD\nweb-1  |   value: §\n',
      "web-1  | - name: DB_PASSWORD\nweb-1  |   value: '§'\n",
    ],
    '2026-01-01T00:00:00Z "name": "DB_PASSWORD",\n2026-01-01T00:00:00Z "value": "§"\n',
    '{"ParameterKey":"DBPassword","ParameterValue":"§"}\n',
    '"ParameterKey": "DBPassword",\n"ParameterValue": "§"\n',
    '{"Name":"/prod/db/password","Type":"SecureString","Value":"§"}\n',
    '{"key":"app/db/password","flags":0,"value":"§"}\n',
    '{"type":"password","value":"§"}\n',
    'variable "db_password" {\n  type = string\n  default = "§"\n}\n',
    'variable "db_token" { default = "§" }\n',
  ]);

  itLeaves([
    '- name: DB_PASSWORD\n\n- name: A\n  value: x9Kq1\n',
    '2026-01-01T00:00:00Z - name: DB_PASSWORD\n2026-01-01T00:00:00Z - name: A\n2026-01-01T00:00:00Z   value: x9Kq1\n',
    '"name": "a/password",\n"port": "x9Kq1"\n',
    '"type": "token", "value": "x9Kq1"\n',
    'variable "db_password" {\n  type = string\n}\nvariable "a" {\n  default = "x9Kq1"\n}\n',
  ]);
});

describe('redact/own/context/fields/field-xml', () => {
  itHides([
    '<property name="password"><value>§</value>\n',
    '<property name="password">\n  <value>§</value>\n',
    '<property name="hibernate.connection.password">§</property>\n',
    '<entry key="password">§</entry>\n',
    '<password><![CDATA[§]]></password>\n',
    '<add key="smtp:password" value="§"/><add key="smtp:password" value="§"/>\n',
    '<password>\n§\n</password>\nx9Kq1\n',
    '  <a:password>\n    §\n    §\n  </a:password>\nx9Kq1\n',
    '<add key="a" value="b1"><add key="smtp:password" value="§">\n',
  ]);

  itLeaves([
    '<password>\n  <value-of>x9Kq1</value-of>\n',
    '<password>\nThe password of version 9.\nx9Kq1\n',
    'login <password>\nx9Kq1\n',
    '<input name="password">\n',
    '<property name="password"></property><b>x9Kq1</b>\n',
    '<password><![CDATA[]]></password>\n',
    '<entry key="passwordLabel">x9Kq1</entry>\n',
  ]);
});
