/** Files of settings with a blank between name and value. */

import { itHides, itLeaves } from './redacted.ts';

describe('redact/own/context/directives', () => {
  itHides([
    'proxy_set_header X-Api-Key §;\n  fastcgi_param DB_PASSWORD §;\nset $api_key "§";\r\n',
    "grpc_set_header X-Token '§' ;\nuwsgi_param APP_SECRET §; \nset $jwt_secret §;\n",
    ['fastcgi_param DB_PASSWORD letmein;\n', 'fastcgi_param DB_PASSWORD §;\n'],
    'ENV DB_PASSWORD §\nSetEnv DB_PASSWORD §\nENV DB_PASSWORD "§"\n',
    '{"default.conf":"server {\\n  proxy_set_header X-Api-Key §;\\n\\tset $api_key \\"§\\";\\n}\\n"}\n',
    '{"a":"{\\"b\\":\\"[OUTPUT]\\\\n    HTTP_Passwd §\\\\n    Splunk_Token  §\\"}"}\n',
    '    HTTP_Passwd §\r\n    Splunk_Token   §\n  rdkafka.sasl.password §\n',
    '{"a":"shared_key §\\n  aws_sec_key §\\n"}\n',
    '  shared_key §\n  aws_sec_key "§"\n',
    'spark.authenticate.secret §\nspark.hadoop.fs.s3a.secret.key    §\n',
    ['  auth_pass letmein\n', '  auth_pass §\n'],
    '  auth_pass §\n  remote_password §\n',
    [' neighbor 10.0.0.1 password letmein\n', ' neighbor 10.0.0.1 password §\n'],
    ' neighbor 10.0.0.1 password §\nsentinel auth-pass m §\n',
    '{"a":"router bgp 1\\n neighbor 10.0.0.1 password §\\nsentinel auth-pass m §\\n"}\n',
    'Key                  Value\n---                  -----\ntoken                §\ntoken_accessor       §\ntoken_duration       ∞\n',
    'Token          §\nPassword §\napiToken §\nx-api-key §\n',
    'user default on >§ ~* +@all\nuser bob >§ on >§ allkeys\nuser bob on resetpass ~* +@all >§\n',
    'ACL SETUSER bob on >§ ~*\n["ACL","SETUSER","bob","on",">§","~*"]\n',
    '{"users.acl":"user a on >§ ~* +@all\\nuser b on >§ ~x\\n"}\n',
  ]);

  itLeaves([
    'proxy_set_header X-Api-Key $http_x_api_key;\nset $token $1;\nset $token "";\nset $a_key ${x};\n',
    'ssl_certificate_key /etc/nginx/tls.key;\nfastcgi_param DB_PASSWORD_FILE /run/x1;\nset $x b1c2d3e4;\n',
    'proxy_set_header Host $host;\nproxy_set_header X-Real-IP b1c2d3e4f5;\nadd_header X-Token-Type b1c2;\n',
    'Token expired\ntoken reset\nsecret created\naccess_token expired\ndb_password required\n',
    'proxy_pass backend1;\nfastcgi_pass unix:/run/x1.sock;\nthe accessor b1c2d3e4F5\naccessor method2\n',
    'the secret b1c2d3e4F5\napi_key is b1c2d3e4F5\nget_token b1c2d3e4F5\nresetPassword b1c2d3e4F5\n',
    '\tAccessToken string\n\tAuthToken *TokenType\n\tapi_key TEXT,\n  api_key varchar(255)\nsecret_key {\n',
    'my-token   5d\ndb-secret   10m30s\nregistry-token   my-app-7d9f8c\nSecret  default-token-x7k2p\n',
    'x_token 12.5\nx_token 12\nx_token 1/1\nauth_token /var/run/x1\nx_token -b1\nx_token =\n',
    'shared_key "#{ENV[1]}"\nshared_key ${KEY1}\nENV DB_PASSWORD $PASSWORD\nENV DB_PASSWORD ***HIDDEN***\n',
    'msg="api_key b1c2d3e4F5"\n{"a":"api_key b1c2d3e4F5"}\n',
    'neighbor 10.0.0.1 remote-as b1c2\nsentinel monitor m 10.0.0.1 6379 2\nneighbor 1.1.1.1 password\n',
    'user bob >file1\nuser bob said > x1\nuser bob on ~* +@all\nuser bob on #b1c2 ~*\nuser bob off >\n',
  ]);
});
