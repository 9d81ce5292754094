import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer])

/** Colours of the house: what is in force, what would be. */
export const COLOURS = ['#7d8c8f', '#0f5c66'] as const

/** A picture of numbers that stand in a table beside it. */
export default function Chart({ option, label, height }: { option: EChartsCoreOption; label: string; height: number }) {
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!frame.current) return
    const chart = init(frame.current, undefined, { renderer: 'svg' })
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    // By its name: the room for labels is measured outside of the page, where `inherit` means another font.
    const { fontFamily } = window.getComputedStyle(frame.current)
    chart.setOption({ color: [...COLOURS], animation: !still, textStyle: { fontFamily }, ...option })
    const watch = new ResizeObserver(() => chart.resize())
    watch.observe(frame.current)
    return () => {
      watch.disconnect()
      chart.dispose()
    }
  }, [option])
  return <div ref={frame} role="img" aria-label={label} className="chart" style={{ height }} />
}
