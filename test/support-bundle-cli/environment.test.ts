/** The program's environment: little, and nothing secret. */

import assert from 'node:assert/strict';

import { cliEnvironment } from '../../agent/support-bundle-cli/environment.ts';

const OPTIONS = { folder: '/scratch/cli-1', kubeServer: undefined };

describe('support-bundle-cli/environment', () => {
  it('has its HOME and TMPDIR in the folder', () => {
    assert.deepEqual(cliEnvironment({ HOME: '/home/me', TMPDIR: '/tmp' }, OPTIONS), {
      HOME: '/scratch/cli-1/home',
      TMPDIR: '/scratch/cli-1/tmp',
    });
  });

  it('hands on where programs and the cluster are', () => {
    const environment = {
      PATH: '/bin',
      KUBECONFIG: '/kube/config',
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
      KUBERNETES_SERVICE_PORT: '443',
      HTTPS_PROXY: 'http://proxy:3128',
      http_proxy: 'http://proxy:3128',
    };

    assert.deepEqual(cliEnvironment(environment, OPTIONS), {
      ...environment,
      HOME: '/scratch/cli-1/home',
      TMPDIR: '/scratch/cli-1/tmp',
    });
  });

  it('keeps everything else back', () => {
    const variables = cliEnvironment(
      {
        UPLOAD_URL: 'https://user:pass@bundles.example.com',
        UPLOAD_USER_AGENT: 'secret',
        TROUBLESHOOT_AUTO_UPDATE: 'true',
        TROUBLESHOOT_REDACT: 'false',
        HTTP_TOKEN_FILE: '/token',
        POD_NAME: 'csb-0',
        PATH: '',
      },
      OPTIONS,
    );

    assert.deepEqual(Object.keys(variables).toSorted(), ['HOME', 'TMPDIR']);
  });

  for (const [server, host] of [
    ['https://10.96.0.1:443', '10.96.0.1'],
    ['https://[fd00::1]:6443', 'fd00::1'],
    ['https://api.example.com', 'api.example.com'],
  ] as const) {
    it(`reaches ${server} without a proxy`, () => {
      const { NO_PROXY, no_proxy: lower } = cliEnvironment(
        { NO_PROXY: 'a.example.com, b.example.com', no_proxy: 'b.example.com,c.example.com' },
        { ...OPTIONS, kubeServer: new URL(server) },
      );

      assert.equal(NO_PROXY, `a.example.com,b.example.com,c.example.com,${host}`);
      assert.equal(lower, NO_PROXY);
    });
  }

  it('states the memory limit as Go reads it', () => {
    const variables = cliEnvironment({}, { ...OPTIONS, gomemlimitBytes: 1024.5 });

    assert.equal(variables['GOMEMLIMIT'], '1024B');
  });
});
