import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded } from '#platform/ui/states.tsx'
import { listPacksInForce } from '../contract.ts'

/** Which packs are in force where: a lower layer sets what a higher one leaves open. */
export function Layers({ operationId }: { operationId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const layers = useEndpoint(listPacksInForce, { params: { operation_id: String(operationId) } })
  return (
    <Section title={t('notice.layers')}>
      <Loaded query={layers}>
        {(data) => (
          <Rows
            caption={t('notice.layers')}
            rows={data.layers.filter(({ current }) => current)}
            rowKey={(pack) => `${pack.pack_hash} ${pack.area_unit_id}`}
            empty={t('notice.no_packs')}
            columns={[
              {
                key: 'title',
                title: t('notice.pack'),
                narrow: 'title',
                show: (pack) => (
                  <Link to="/packs/$code" params={{ code: pack.code }} search={{ place: pack.area_unit_id }}>
                    {formats.label(pack.title)}
                  </Link>
                ),
              },
              { key: 'layer', title: t('notice.layer'), show: (pack) => t(`policy.layer.${pack.layer}`) },
              { key: 'area', title: t('notice.area'), show: (pack) => pack.area_name },
              { key: 'version', title: t('notice.version'), show: (pack) => pack.version },
              { key: 'known', title: t('notice.known_from'), show: (pack) => formats.moment(pack.known_from) },
              {
                key: 'hash',
                title: t('notice.hash'),
                narrow: 'hide',
                show: (pack) => <code title={pack.pack_hash}>{pack.pack_hash.slice(0, 12)}</code>,
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  )
}
