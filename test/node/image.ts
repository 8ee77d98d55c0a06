/** Makes an image of one layer without a builder: a docker-archive, as `ctr images import` takes it. */

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

import { pack } from 'tar-stream';

export interface Image {
  /** `localhost/name:tag`. */
  readonly name: string;
  /** Path in the image → program on this machine. */
  readonly programs: Readonly<Record<string, string>>;
  /** Path in the image → its text. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Path in the image → what it links to. */
  readonly links?: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
}

export async function writeImage(image: Image, file: string): Promise<void> {
  const layer = await tar(await layerMembers(image));
  const layerId = hashOf(layer);
  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: { Entrypoint: image.entrypoint, Env: ['PATH=/bin:/usr/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layerId}`] },
  });
  const configFile = `${hashOf(Buffer.from(config))}.json`;
  const manifest = [
    { Config: configFile, RepoTags: [image.name], Layers: [`${layerId}/layer.tar`] },
  ];
  const whole = await tar([
    { name: configFile, content: Buffer.from(config) },
    { name: `${layerId}/layer.tar`, content: layer },
    { name: 'manifest.json', content: Buffer.from(JSON.stringify(manifest)) },
  ]);
  await pipeline([whole], createWriteStream(file));
}

interface Member {
  readonly name: string;
  readonly content?: Buffer;
  readonly link?: string;
}

async function layerMembers({
  programs,
  scripts = {},
  links = {},
}: Image): Promise<readonly Member[]> {
  const files = Object.entries(programs).map(async ([path, source]) => ({
    name: path.slice(1),
    content: await readFile(source),
  }));
  return [
    { name: 'tmp/' },
    { name: 'bin/' },
    ...(await Promise.all(files)),
    ...Object.entries(scripts).map(([path, text]) => ({
      name: path.slice(1),
      content: Buffer.from(text),
    })),
    ...Object.entries(links).map(([path, link]) => ({ name: path.slice(1), link })),
  ];
}

async function tar(members: readonly Member[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content, link } of members) {
    const header = { name, mode: 0o755, mtime: new Date(0) } as const;
    if (link !== undefined) archive.entry({ ...header, type: 'symlink', linkname: link });
    else if (content !== undefined) archive.entry(header, content);
    else archive.entry({ ...header, type: 'directory', mode: 0o1777 });
  }
  archive.finalize();
  return await buffer(archive);
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
