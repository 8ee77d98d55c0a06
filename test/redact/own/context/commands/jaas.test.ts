/** Users and passwords among the options of a JAAS login module. */

import { itHides, itLeaves } from '../redacted.ts';

const MODULE = 'org.apache.kafka.common.security.plain.PlainLoginModule required';

describe('redact/own/context/commands/jaas', () => {
  itHides([
    `KafkaServer {\n  ${MODULE}\n  username="a"\n  password="§"\n  user_admin="§"\n  user_super="§";\n};\n`,
    `    ${MODULE}\r\n\r\n    // words\r\n    serviceName="kafka"\r\n    user_bob = "§";\r\n`,
    `${MODULE} username="a"\n password="§";\n`,
    `x=${MODULE} \\\n  user_admin="§" \\\n  user_b="§";\n`,
    `${MODULE} user_admin="§" user_b='§';\n`,
    `{"jaas.conf":"KafkaServer {\\n  ${MODULE}\\n  user_admin=\\"§\\"\\n  user_b=\\"§\\";\\n};\\n"}\n`,
    [`${MODULE}\n user_admin="letmein";\n`, `${MODULE}\n user_admin="§";\n`],
  ]);

  itLeaves([
    'user_admin="b1c2"\nuser_super="b1c2";\n',
    `${MODULE};\nuser_admin="b1c2"\n`,
    `${MODULE}\n};\nuser_admin="b1c2"\n`,
    `${MODULE}\n username="a";\nuser_admin="b1c2"\n`,
    `${MODULE}\nwords\nuser_admin="b1c2"\n`,
    `{"a":"${MODULE};\\n","user_admin":"b","b":"user_c=b1c2"}\n`,
    `${MODULE}\n user_admin="";\n`,
  ]);
});
