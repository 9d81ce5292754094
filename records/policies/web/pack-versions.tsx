import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Select, Tag } from 'antd'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Page, Section } from '#platform/ui/page.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { listPacksInForce, readPack } from '../contract.ts'
import { type ChangedPiece, changedFiles, changedPieces, PARTS, type Piece } from '../pack-differences.ts'
import './drafts.css'

type Version = OutputOf<typeof listPacksInForce>['layers'][number]

/** Every version of a pack that was ever in force at a place, and what two of them say otherwise. */
export function PackVersionsPage() {
  const { t } = useTranslation()
  const formats = useFormats()
  const { operation_id } = useWorkplace()
  const { code } = useParams({ from: '/packs/$code' })
  const { place } = useSearch({ from: '/packs/$code' })
  const layers = useEndpoint(
    listPacksInForce,
    { params: { operation_id: String(operation_id) } },
    { enabled: operation_id !== undefined },
  )
  const versionsIn = (all: readonly Version[]) =>
    all.filter((one) => one.code === code && (place === undefined || one.area_unit_id === place))
  const [first] = versionsIn(layers.data?.layers ?? [])
  return (
    <Page
      title={first ? formats.label(first.title) : t('versions.title')}
      about={first ? `${first.area_name} · ${t(`policy.layer.${first.layer}`)}` : undefined}
    >
      {operation_id === undefined ? (
        <Nothing>{t('common.no_operation')}</Nothing>
      ) : (
        <Loaded query={layers} rows={6}>
          {(data) => <Versions versions={versionsIn(data.layers)} />}
        </Loaded>
      )}
    </Page>
  )
}

function keyOf({ pack_hash, put_in_force_at }: Version): string {
  return `${pack_hash.slice(0, 12)}-${new Date(put_in_force_at).getTime()}`
}

function Versions({ versions }: { versions: readonly Version[] }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const navigate = useNavigate()
  const search = useSearch({ from: '/packs/$code' })
  const fields = useId()
  const after = versions.find((one) => keyOf(one) === search.after) ?? versions[0]
  if (!after) return <Nothing>{t('versions.none')}</Nothing>
  const before = versions.find((one) => keyOf(one) === search.before) ?? versions[versions.indexOf(after) + 1]
  const options = versions.map((one) => ({
    value: keyOf(one),
    label: t('versions.option', { version: one.version, at: formats.moment(one.known_from) }),
  }))
  const choose = (side: 'before' | 'after') => (value: string) =>
    void navigate({ to: '/packs/$code', params: { code: after.code }, search: (all) => ({ ...all, [side]: value }) })
  return (
    <div className="stack">
      <Section title={t('versions.all')}>
        <Rows
          caption={t('versions.all')}
          rows={versions}
          rowKey={keyOf}
          columns={[
            {
              key: 'version',
              title: t('notice.version'),
              narrow: 'title',
              show: (one) => (
                <>
                  {one.version} {one.current ? <Tag>{t('versions.current')}</Tag> : null}
                </>
              ),
            },
            { key: 'known', title: t('notice.known_from'), show: (one) => formats.moment(one.known_from) },
            {
              key: 'signed',
              title: t('versions.signed_by'),
              show: (one) =>
                one.signed_by.length === 0 ? t('versions.not_signed') : one.signed_by.join(t('common.comma')),
            },
            { key: 'by', title: t('versions.put_by'), show: (one) => one.put_in_force_by ?? t('versions.at_setup') },
            { key: 'at', title: t('versions.put_at'), show: (one) => formats.moment(one.put_in_force_at) },
            {
              key: 'hash',
              title: t('notice.hash'),
              show: (one) => <code title={one.pack_hash}>{one.pack_hash.slice(0, 12)}</code>,
            },
          ]}
        />
      </Section>
      {before ? (
        <>
          <div className="row draft-fields">
            <label className="stack tight" htmlFor={`${fields}-before`}>
              {t('versions.before')}
              <Select
                id={`${fields}-before`}
                value={keyOf(before)}
                options={options}
                onChange={choose('before')}
                popupMatchSelectWidth={false}
              />
            </label>
            <label className="stack tight" htmlFor={`${fields}-after`}>
              {t('versions.after')}
              <Select
                id={`${fields}-after`}
                value={keyOf(after)}
                options={options}
                onChange={choose('after')}
                popupMatchSelectWidth={false}
              />
            </label>
          </div>
          <Compared before={before} after={after} />
        </>
      ) : (
        <p className="panel soft">{t('versions.only_one')}</p>
      )}
    </div>
  )
}

function Compared({ before, after }: { before: Version; after: Version }) {
  const { t } = useTranslation()
  const old = useEndpoint(readPack, { params: { pack_hash: before.pack_hash } }, { keep: true })
  const now = useEndpoint(readPack, { params: { pack_hash: after.pack_hash } }, { keep: true })
  return (
    <Loaded query={old} rows={8}>
      {(was) => (
        <Loaded query={now} rows={8}>
          {(is) => {
            const pieces = changedPieces(was, is)
            const files = changedFiles(was, is)
            if (files.length === 0) return <p className="panel">{t('versions.same')}</p>
            return (
              <div className="stack">
                {PARTS.map((part) => (
                  <Changed
                    key={part}
                    title={t(`versions.part.${part}`)}
                    pieces={pieces.filter((one) => one.part === part)}
                  />
                ))}
                <Section title={t('versions.files')}>
                  <p className="soft small">{t('versions.files_help')}</p>
                  {files.map((file) => (
                    <details key={file.path} className="panel">
                      <summary>
                        {t('versions.file', { path: file.path, taken: file.taken.length, added: file.added.length })}
                      </summary>
                      <pre className="version-lines">
                        {[...file.taken.map((line) => `− ${line}`), ...file.added.map((line) => `+ ${line}`)].join(
                          '\n',
                        )}
                      </pre>
                    </details>
                  ))}
                </Section>
              </div>
            )
          }}
        </Loaded>
      )}
    </Loaded>
  )
}

function Changed({ title, pieces }: { title: string; pieces: readonly ChangedPiece[] }) {
  const { t } = useTranslation()
  const formats = useFormats()
  if (pieces.length === 0) return null
  return (
    <Section title={title}>
      {pieces.map(({ code, title: name, before, after }) => (
        <article key={code} className="panel stack tight">
          <h3>{formats.label(name)}</h3>
          <div className="version-sides">
            <SideOf label={t('versions.before')} piece={before} other={after} mark="version-taken" />
            <SideOf label={t('versions.after')} piece={after} other={before} mark="version-added" />
          </div>
        </article>
      ))}
    </Section>
  )
}

/** The lines of one side; those that the other side does not have are marked, and said to be by a sign too. */
function SideOf({
  label,
  piece,
  other,
  mark,
}: {
  label: string
  piece: Piece | null
  other: Piece | null
  mark: string
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const there = new Set(other?.lines.map(({ zh }) => zh))
  return (
    <div>
      <p className="soft small">{label}</p>
      {piece === null ? (
        <p className="soft">{t('versions.absent')}</p>
      ) : (
        <ul className="version-list">
          {piece.lines.map((line) => (
            <li key={line.zh} className={there.has(line.zh) ? undefined : mark}>
              {there.has(line.zh) ? '' : mark === 'version-added' ? '+ ' : '− '}
              {formats.label(line)}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
