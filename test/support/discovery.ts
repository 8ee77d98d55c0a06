/** What API servers answer when asked what they serve, and the files made of it; the forms are those of Kubernetes 1.34 and 1.25. */

export const CORE = {
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: [
    {
      metadata: { creationTimestamp: null },
      versions: [
        {
          version: 'v1',
          resources: [
            {
              resource: 'pods',
              responseKind: { group: '', version: 'v1', kind: 'Pod' },
              scope: 'Namespaced',
              singularResource: 'pod',
              verbs: ['get', 'list'],
              shortNames: ['po'],
              categories: ['all'],
              subresources: [
                {
                  subresource: 'eviction',
                  responseKind: { group: 'policy', version: 'v1', kind: 'Eviction' },
                  acceptedTypes: [{ group: 'policy', version: 'v1', kind: 'Eviction' }],
                  verbs: ['create'],
                },
              ],
            },
          ],
          freshness: 'Current',
        },
      ],
    },
  ],
};

export const NAMED = {
  ...CORE,
  items: [
    {
      metadata: { name: 'apps' },
      versions: [
        {
          version: 'v1',
          resources: [
            {
              resource: 'nodes',
              responseKind: { group: '', version: 'v1', kind: 'Node' },
              scope: 'Cluster',
              singularResource: '',
            },
          ],
          freshness: 'Current',
        },
        { version: 'v1beta1', resources: [], freshness: 'Current' },
      ],
    },
  ],
};

export const STALE = {
  ...CORE,
  items: [
    {
      metadata: { name: 'metrics.k8s.io' },
      versions: [{ version: 'v1beta1', freshness: 'Stale' }],
    },
  ],
};

export const GROUPS = `[
  {
    "name": "",
    "versions": [
      {
        "groupVersion": "v1",
        "version": "v1"
      }
    ],
    "preferredVersion": {
      "groupVersion": "v1",
      "version": "v1"
    }
  },
  {
    "name": "apps",
    "versions": [
      {
        "groupVersion": "apps/v1",
        "version": "v1"
      },
      {
        "groupVersion": "apps/v1beta1",
        "version": "v1beta1"
      }
    ],
    "preferredVersion": {
      "groupVersion": "apps/v1",
      "version": "v1"
    }
  }
]`;

export const RESOURCES = `[
  {
    "groupVersion": "v1",
    "resources": [
      {
        "name": "pods",
        "singularName": "pod",
        "namespaced": true,
        "version": "v1",
        "kind": "Pod",
        "verbs": [
          "get",
          "list"
        ],
        "shortNames": [
          "po"
        ],
        "categories": [
          "all"
        ]
      },
      {
        "name": "pods/eviction",
        "singularName": "pod",
        "namespaced": true,
        "group": "policy",
        "version": "v1",
        "kind": "Eviction",
        "verbs": [
          "create"
        ]
      }
    ]
  },
  {
    "groupVersion": "apps/v1",
    "resources": [
      {
        "name": "nodes",
        "singularName": "",
        "namespaced": false,
        "version": "v1",
        "kind": "Node",
        "verbs": null
      }
    ]
  },
  {
    "groupVersion": "apps/v1beta1",
    "resources": null
  }
]`;

export const LEGACY = {
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [
      {
        name: 'apps',
        versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
        preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
      },
    ],
  },
};

export const POD = {
  name: 'pods',
  singularName: 'pod',
  namespaced: true,
  kind: 'Pod',
  verbs: ['get'],
  shortNames: ['po'],
  storageVersionHash: 'xPOwRZ+Yhw8=',
};
