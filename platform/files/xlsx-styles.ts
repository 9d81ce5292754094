import type { ColumnFormat } from './sheet-layout.ts'
import { encodeXml } from './xml.ts'

/** The looks of a written workbook: a title, a header row, body cells, totals, notes. One place for all exports. */
export type Role = 'title' | 'subtitle' | 'header' | 'body' | 'subtotal' | 'note'

export interface Style {
  readonly role: Role
  readonly format: ColumnFormat
  readonly align: 'left' | 'center' | 'right'
  /** The text begins like a formula; this mark keeps it text when somebody edits the cell. */
  readonly quoted: boolean
}

const NUMBER_FORMATS: Readonly<Record<ColumnFormat, { id: number; code?: string }>> = {
  text: { id: 49 },
  count: { id: 3 },
  yuan: { id: 4 },
  hours: { id: 164, code: '#,##0.0#' },
  date: { id: 165, code: 'yyyy-mm-dd' },
  moment: { id: 166, code: 'yyyy-mm-dd hh:mm' },
  percent: { id: 167, code: '0.0#%' },
  number: { id: 0 },
}

const FONTS = ['body', 'strong', 'title', 'quiet'] as const

const FONT_OF: Readonly<Record<Role, (typeof FONTS)[number]>> = {
  title: 'title',
  subtitle: 'quiet',
  header: 'strong',
  body: 'body',
  subtotal: 'strong',
  note: 'body',
}

/** Collects the styles that are really used and answers their number. */
export class StyleSheet {
  readonly #known = new Map<string, number>()
  readonly #written: string[] = []

  constructor() {
    this.idOf({ role: 'note', format: 'number', align: 'left', quoted: false })
  }

  idOf(style: Style): number {
    const key = `${style.role} ${style.format} ${style.align} ${style.quoted}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    this.#known.set(key, this.#written.length)
    this.#written.push(styleXml(style))
    return this.#written.length - 1
  }

  toXml(): string {
    const custom = Object.values(NUMBER_FORMATS).filter(({ code }) => code !== undefined)
    const formats = custom
      .map(({ id, code }) => `<numFmt numFmtId="${id}" formatCode="${encodeXml(code ?? '')}"/>`)
      .join('')
    const thin = ['left', 'right', 'top', 'bottom']
      .map((side) => `<${side} style="thin"><color rgb="FF8C8C8C"/></${side}>`)
      .join('')
    return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="${custom.length}">${formats}</numFmts>\
<fonts count="4">${font(11, '宋体')}${font(11, '宋体', '<b/>')}${font(18, '黑体')}${font(10, '宋体', '', 'FF595959')}</fonts>\
<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>\
<fill><patternFill patternType="solid"><fgColor rgb="FFF0F0F0"/><bgColor indexed="64"/></patternFill></fill></fills>\
<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border>${thin}<diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="${this.#written.length}">${this.#written.join('')}</cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
  }
}

function font(size: number, name: string, extra = '', colour = 'FF000000'): string {
  return `<font>${extra}<sz val="${size}"/><color rgb="${colour}"/><name val="${name}"/><charset val="134"/></font>`
}

function styleXml({ role, format, align, quoted }: Style): string {
  const boxed = role === 'header' || role === 'body' || role === 'subtotal'
  const filled = role === 'header' || role === 'subtotal'
  const number = NUMBER_FORMATS[format].id
  const wrap = role === 'title' ? '' : ' wrapText="1"'
  const indent = boxed && align === 'left' ? ' indent="1"' : ''
  return `<xf numFmtId="${number}" fontId="${FONTS.indexOf(FONT_OF[role])}" fillId="${filled ? 2 : 0}" borderId="${boxed ? 1 : 0}" \
xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"${quoted ? ' quotePrefix="1"' : ''}>\
<alignment horizontal="${align}" vertical="center"${wrap}${indent}/></xf>`
}
