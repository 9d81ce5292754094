import { once } from 'node:events'
import { work } from '#apps/server/serve.ts'
import { type Command, DATABASE_SETTINGS } from '../command.ts'

export const command: Command = {
  usage: '[选项 OPTIONS]',
  text: {
    zh: '只运行后台任务，不提供页面。可以在任意多台机器上与 serve 一起使用同一个外部数据库。',
    en: 'Runs jobs and serves no pages; any number of hosts may share one external database with serve.',
  },
  options: {},
  settings: [...DATABASE_SETTINGS, 'log-level'],
  printsData: false,
  async run({ settings, say }) {
    const working = await work(settings, say)
    say({ zh: '后台任务已启动。按 Ctrl+C 停止。', en: 'Working. Stop with Ctrl+C.' })
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
    await working.stop()
    return 0
  },
}
