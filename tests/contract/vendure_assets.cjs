// Preloaded into a Vendure without a place for assets: they are kept as files beside its database, and shown as they are.
const fs = require('node:fs')
const path = require('node:path')
const { createRequire } = require('node:module')

const { assetOptions } = createRequire(`${process.cwd()}/`)('@vendure/core').defaultConfig
const folder = path.join(path.dirname(process.env.DATABASE), 'assets')
const at = (name) => path.join(folder, name)

Object.assign(assetOptions.assetStorageStrategy, {
  async writeFileFromBuffer(name, data) {
    fs.mkdirSync(path.dirname(at(name)), { recursive: true })
    fs.writeFileSync(at(name), data)
    return name
  },
  async writeFileFromStream(name, data) {
    const parts = []
    for await (const part of data) parts.push(part)
    return this.writeFileFromBuffer(name, Buffer.concat(parts))
  },
  readFileToBuffer: async (name) => fs.readFileSync(at(name)),
  readFileToStream: async (name) => fs.createReadStream(at(name)),
  deleteFile: async (name) => fs.rmSync(at(name), { force: true }),
  fileExists: async (name) => fs.existsSync(at(name)),
  toAbsoluteUrl: (_request, name) => name,
})
assetOptions.assetPreviewStrategy.generatePreviewImage = async (_ctx, _mimeType, data) => data
