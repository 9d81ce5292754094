import qrcode from 'qrcode-generator'

/** A QR code as SVG, to be printed or shown; a medium error correction survives a folded sheet. */
export function qrSvg(text: string): string {
  const code = qrcode(0, 'M')
  code.addData(text, 'Byte')
  code.make()
  return code.createSvgTag({ cellSize: 4, margin: 16, scalable: true })
}
