/** Fields whose value is a user and a password. */

import { itHides, itLeaves } from './redacted.ts';

describe('redact/own/context/user-fields', () => {
  itHides([
    ['args: --user=admin:§\n- --user=admin:§\n', 'args: --user=admin:§\n- --user=admin:§\n'],
    ['args: --basic-auth=admin:§\n', 'args: --basic-auth=§\n'],
    ['["--user=admin:§","--basic-auth","admin:§"]\n', '["--user=admin:§","--basic-auth","§"]\n'],
    ['- --basic-auth\n- admin:letmein\n- b\n', "- --basic-auth\n- '§'\n- b\n"],
    ['x --user admin:§ y\nx --http-user=admin:§\n', 'x --user admin:§ y\nx --http-user=admin:§\n'],
    ['BASIC_AUTH_USERS=bob:§\nAUTH_USERS=bob:§,al:§\n', 'BASIC_AUTH_USERS=§\nAUTH_USERS=§\n'],
    [
      'ETCDCTL_USER=root:§\nexport ETCDCTL_USER="root:§"\n',
      'ETCDCTL_USER=§\nexport ETCDCTL_USER="§"\n',
    ],
    [
      'wsrep_sst_auth=user:§\n  wsrep_sst_auth = "user:§"\n',
      'wsrep_sst_auth=§\n  wsrep_sst_auth = "§"\n',
    ],
    ['cloud.auth: elastic:§\ncloud.auth: "elastic:§"\n', 'cloud.auth: \'§\'\ncloud.auth: "§"\n'],
    ['schema.registry.basic.auth.user.info=user:§\n', 'schema.registry.basic.auth.user.info=§\n'],
    [
      '-Dzookeeper.DigestAuthenticationProvider.superDigest=super:§\n',
      '-Dzookeeper.DigestAuthenticationProvider.superDigest=§\n',
    ],
    ['{"name":"ETCDCTL_USER","value":"root:§"}\n', '{"name":"ETCDCTL_USER","value":"§"}\n'],
    ['- name: ETCDCTL_USER\n  value: root:§\n', "- name: ETCDCTL_USER\n  value: '§'\n"],
    ['{"a":"[mysqld]\\nwsrep_sst_auth=user:§\\n"}\n', '{"a":"[mysqld]\\nwsrep_sst_auth=§\\n"}\n'],
  ]);

  itLeaves([
    '--user=1000:1000\n--user=nobody:nogroup\n--user=bob\n["--user","1000:1000"]\n--user=db-1:5432\n',
    'ETCDCTL_USER=root\nAUTH_USERS=bob,al\nBASIC_AUTH_USERS=$USER:$(PASSWORD)\n',
    'basic_auth: true\nbasic-auth:\n  user: bob\n  realm: b1\nauth_users:\n- bob\n',
    'cloud.auth: https://x1:80\nbasic_auth=http://x1/y\nsuperDigest=super:***HIDDEN***\n',
    'nginx.ingress.kubernetes.io/auth-type: basic\nwsrep_sst_auth=\nbasic auth user: bob:b1\n',
  ]);
});
