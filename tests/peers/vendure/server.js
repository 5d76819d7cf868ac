// Vendure on 127.0.0.1:PORT with the SQLite file DATABASE; its packages are in the folder that it is started in.
const fromHere = require('node:module').createRequire(`${process.cwd()}/`)
const vendure = fromHere('@vendure/core')

const config = {
  apiOptions: { hostname: '127.0.0.1', port: Number(process.env.PORT), adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
  authOptions: {
    tokenMethod: ['bearer', 'cookie', 'api-key'],
    superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
    cookieOptions: { secret: 'tests-only' },
  },
  dbConnectionOptions: {
    type: 'better-sqlite3',
    driver: require('./sqlite.js'),
    database: process.env.DATABASE,
    synchronize: true,
  },
  paymentOptions: { paymentMethodHandlers: [vendure.dummyPaymentHandler] },
  logger: new vendure.DefaultLogger({ level: vendure.LogLevel.Info }),
  plugins: [vendure.DefaultJobQueuePlugin, vendure.DefaultSearchPlugin],
}

vendure
  .bootstrap(config)
  .then((app) => app.get(vendure.JobQueueService).start())
  .catch((error) => {
    console.error(error)
    process.exit(1)
  })
