/** Files of users and their passwords. */

import { itHides, itLeaves } from './redacted.ts';

describe('redact/own/context/credential-files', () => {
  itHides([
    'host:5432:db:user:§\ndb.example:6543:*:app:§\n*:*:*:postgres:§\r\n',
    '*:*:*:bob:§\n*:*:*:*:§\ndb:*:app:bob:§\n',
    'db:543:app:bob:§\ndb.example.com:80:*:*:§\r\n10.0.0.1:99:app:bob:§\n*:5:app:bob-1:§\n',
    '{"a":"db:543:app:bob:§\\n*:*:*:b:§\\n"}\n',
    ['host:5432:db:user:a\\:§\n', 'host:5432:db:user:§\n'],
    '/var/run/postgresql:5432:db:user:§\n',
    '{"a":"host:5432:db:user:§\\n*:*:*:b:§\\n"}\n',
    '"user" "§"\n"b.c@d" "§"\r\n',
    ['"user" "SCRAM-SHA-256$4096:a==$b:c"\n', '"user" "§"\n'],
    '{"userlist.txt":"\\"user\\" \\"§\\"\\n\\"b\\" \\"§\\"\\n"}\n',
    'bob:$apr1$§\nbob:$2y$§\nbob:{SHA}§\nbob:{SSHA}§\n',
    'root:$6$§:19000:0:99999:7:::\nb:$y$§:19000:0:99999:7:::\n',
    '{"a":"bob:$2y$§\\nal:$apr1$§\\n"}\n',
    '- "bob:$apr1$§"\nbasicauth.users=bob:$$apr1$$§\n',
    ['bob:$6$rounds=5000$salt$hunter2xyz:1::\n', 'bob:$6$§:1::\n'],
    ['x $argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo y\n', 'x $argon2id$§ y\n'],
    [
      '"hash": "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"\n',
      '"hash": "$2a$§"\n',
    ],
    'user bob insecure-password §\n  user bob insecure-password § groups x\n',
    'user bob password $6$§\n',
    'stats auth admin:§\n    stats  auth  admin:§\n',
    '{"haproxy.cfg":"userlist x\\n  user bob insecure-password §\\nfrontend y\\n  stats auth a:§\\n"}\n',
    'machine x\nlogin y\npassword §\nmachine x\n  login y password §\n',
    '{"netrc":"machine x\\n  login y\\n  password §\\nmachine z login y password §\\n"}\n',
  ]);

  itLeaves([
    'root:x:0:0:root:/root:/bin/bash\n',
    'root:*:19000:0:99999:7:::\nb:!:19000:0:99999:7:::\n',
    'bob:x:1000:1000:Bob:/home/bob:/bin/zsh1\ndocker:x:999:bob\n',
    'db:543:app:bob:letmein\ndb:543:app:bob:12345678\ndb:543:app:bob:/var/x1\ndb:543:app:bob:***HIDDEN***\n',
    'x.go:12:a:b:c1d2e3f4\n/etc/app.yaml:7:image:repo:v1a2b3c4\n',
    '10:20:ab:cd:e1f2a3b4\nfe80:12:ab:cd:ef01\n02:42:ac:ab:ce:02\n',
    'at 10:20:30 db:543:app:bob:x1y2z3w4\nrepo:500:tag\nrepo/x:5:b1:c2\n',
    'a:10:b1:c2:d3e4f5:g\n',
    '2001:1234:5678:9abc::1\n02:42:ac:11:00:02\n',
    'a.py:1234:5:warning: unused\n',
    'host:5432:db:user\n',
    'at x.js:1024:17:y z\n',
    'curl http://host:8080/a:b:c:d\n',
    '10.0.0.1 - - "GET / HTTP/1.1" 200 "-" "curl/8.1"\n',
    '"a" "b" "c"\n',
    '"user" "two words"\n',
    '{"a":"say \\"one\\" or \\"two\\""}\n',
    'nginx.ingress.kubernetes.io/rewrite-target: /$1$2/path-of-it\n',
    'proxy_pass http://backend:$1$is_args$args;\n',
    'return 301 https://$host$request_uri;\n',
    'image: repo:${SHA}-linux-amd64\n',
    'https://x.example/commits/{SHA}/and/more\n',
    'user bob authenticated by password at login\n',
    'stats auth\nstats uri /x:y\n',
    `"user" "***HIDDEN***"\n`,
  ]);
});
