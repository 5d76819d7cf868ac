// Node's own SQLite in the form that TypeORM's driver "better-sqlite3" works with, so that nothing has to be compiled.
const { DatabaseSync } = require('node:sqlite')

const bindable = (value) => (typeof value === 'boolean' ? Number(value) : (value ?? null))

class Statement {
  constructor(statement) {
    this.statement = statement
    this.reader = statement.columns().length > 0
  }

  all(...values) {
    return this.statement.all(...values.map(bindable)).map((row) => ({ ...row }))
  }

  run(...values) {
    return this.statement.run(...values.map(bindable))
  }
}

module.exports = class Database {
  constructor(path, { timeout }) {
    this.database = new DatabaseSync(path, { timeout })
  }

  pragma(text) {
    return this.prepare(`PRAGMA ${text}`).all()
  }

  function(name, code) {
    this.database.function(name, code)
  }

  prepare(sql) {
    return new Statement(this.database.prepare(sql))
  }

  close() {
    this.database.close()
  }
}
