import { once } from 'node:events'
import { serve } from '#apps/server/serve.ts'
import { type Command, DATABASE_SETTINGS } from '../command.ts'

export const command: Command = {
  usage: '[选项 OPTIONS]',
  text: {
    zh: '启动同袍：页面、接口和后台任务。第一次启动会建立数据库；--demo 装入演示城市，--empty 供正式使用。',
    en: 'Starts Tongpao: pages, API and jobs. The first start creates the database; --demo fills the demo city, --empty is for real use.',
  },
  options: {},
  settings: [
    'port',
    'host',
    ...DATABASE_SETTINGS,
    'tls-cert',
    'tls-key',
    'trusted-proxy',
    'log-level',
    'demo',
    'empty',
  ],
  printsData: false,
  async run({ settings, say }) {
    const running = await serve(settings, say)
    say({
      zh: `同袍已启动：${running.url}（手机：${running.url}/phone）。按 Ctrl+C 停止。`,
      en: `Tongpao is running at ${running.url} (phone: ${running.url}/phone). Stop with Ctrl+C.`,
    })
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
    say({ zh: '正在停止…', en: 'Stopping…' })
    await running.stop()
    return 0
  },
}
