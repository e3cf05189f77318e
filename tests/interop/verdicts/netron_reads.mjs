// SPDX-License-Identifier: MIT
// Netron's reader of safetensors files, without its window: a path comes in on each line, a line goes out, as readers.py
// says. The argument is where pip put Netron, whose files are modules of JavaScript.
import fs from 'node:fs';
import readline from 'node:readline';
import zlib from 'node:zlib';

const place = `${process.argv[2]}/netron`;
fs.writeFileSync(`${place}/package.json`, '{"type": "module"}');
const base = await import(`${place}/base.js`);
const { ModelFactory } = await import(`${place}/safetensors.js`);

// The same polynomial as zlib's crc32, which node has since version 22 only.
const table = Array.from({ length: 256 }, (_, byte) => {
    for (let bit = 0; bit < 8; ++bit) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
    return byte >>> 0;
});
const crc32 = zlib.crc32 ?? ((data) => (~data.reduce((crc, byte) => table[(crc ^ byte) & 255] ^ (crc >>> 8), ~0)) >>> 0);

async function read(path) {
    const context = {
        identifier: path,
        stream: new base.BinaryStream(fs.readFileSync(path)),
        peek: async () => null,
        set: (type, value) => Object.assign(context, { type, value }),
    };
    const factory = new ModelFactory();
    if (!await factory.match(context)) throw new Error('not taken for a safetensors file');
    const model = await factory.open(context);
    const sums = {};
    for (const node of model.modules[0].nodes) {
        for (const argument of node.inputs) {
            for (const value of argument.value) sums[value.name] = crc32(value.initializer.values);
        }
    }
    return sums;
}

for await (const path of readline.createInterface({ input: process.stdin })) {
    let line;
    try {
        line = `+ ${JSON.stringify(await read(path))}`;
    } catch (error) {
        line = `- ${error.message.replaceAll('\n', ' ').slice(0, 150)}`;
    }
    process.stdout.write(`${line}\n`);
}
