import { rotateKeys, type SealedColumn } from '#platform/access/reseal.ts'
import { createVault, loadRootKey } from '#platform/access/vault.ts'
import { connect } from '#platform/db/database.ts'
import { openDatabase } from '#platform/db/open-database.ts'
import { type Command, DATABASE_SETTINGS } from '../command.ts'

/** Every column that is sealed with a key of its class. Health facts have a key per person and are not among them. */
const COLUMNS: readonly SealedColumn[] = [
  { class: 'id_number', table: 'people', key: 'person_id', column: 'id_number' },
  { class: 'phone', table: 'people', key: 'person_id', column: 'phone' },
  { class: 'totp', table: 'users', key: 'user_id', column: 'totp_secret' },
  // Up to ten megabytes each: a few at a time.
  {
    class: 'duty_sheet',
    table: 'duty_import_files',
    key: 'import_id',
    column: 'sealed',
    kept: ['unit_id', 'import_id', 'kept_until'],
    batch_size: 4,
  },
]

export const command: Command = {
  usage: '',
  text: {
    zh: '更换加密字段（身份证号、电话、验证器密钥、上传的表格）的数据密钥，并逐批重新加密，不停机，约一分钟起。\n旧密钥仍保留（由根密钥加密），否则早先的备份无法打开。',
    en: 'Gives the sealed fields (ID numbers, telephones, authenticator secrets, uploaded sheets) new data keys and seals them again in batches, while the house works; takes a minute or more.\nEarlier keys stay (wrapped by the root key), because earlier backups need them.',
  },
  options: {},
  settings: DATABASE_SETTINGS,
  printsData: true,
  async run({ settings, say, print }) {
    const opened = await openDatabase({ ...settings, command: 'keys rotate', whenInUse: 'join', say })
    const database = connect(opened.appConfig, { connections_max: 2 })
    try {
      const vault = createVault(database, await loadRootKey(settings.dataFolder))
      let told = performance.now()
      const values = await rotateKeys(database, vault, COLUMNS, {
        onProgress: (done) => {
          if (performance.now() - told < 2_000) return
          told = performance.now()
          say({ zh: `已重新加密 ${done} 个值`, en: `${done} values sealed again` })
        },
      })
      print(
        { zh: `已更换密钥，重新加密 ${values} 个值。`, en: `Keys rotated, ${values} values sealed again.` },
        { values },
      )
      return 0
    } finally {
      await database.close()
      await opened.close()
    }
  },
}
