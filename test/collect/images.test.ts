import assert from 'node:assert/strict';

import { replaceImage } from '../../agent/collect/images.ts';

describe('collect/images', () => {
  const images = new Map([
    ['busybox:1', 'registry.example/busybox:1'],
    ['docker.io/', 'registry.example/hub/'],
    ['docker.io/library/', 'registry.example/library/'],
  ]);

  for (const [image, replaced] of [
    ['busybox:1', 'registry.example/busybox:1'],
    ['busybox:2', 'busybox:2'],
    ['docker.io/acme/app:1', 'registry.example/hub/acme/app:1'],
    ['docker.io/library/busybox:1', 'registry.example/library/busybox:1'],
  ] as const) {
    it(`runs ${replaced} for ${image}`, () => {
      assert.equal(replaceImage(image, images), replaced);
    });
  }
});
