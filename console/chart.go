package console

import (
	"math"
	"strconv"
	"strings"
)

// Measures of drawings, in units of their view box; a page scales them to the width of its column.
const (
	chartWidth = 420.0
	barHeight  = 34.0
	barFrom    = 92.0 // where bars begin, behind their words
	barMost    = 250.0
	plotLeft   = 38.0
	plotTop    = 12.0
	plotWidth  = 360.0
	plotHeight = 200.0
	heatLeft   = 70.0
	heatHeight = 34.0
)

// chart is a drawing made on the server, without any script. The table beneath it says the same in numbers.
type chart struct {
	Name          string // word group "chart"
	Width, Height float64
	Bars          []chartBar
	Lines         []string // points of polylines: what was measured
	Guides        []string // and what it is compared with
	Dots          []chartDot
	Texts         []chartText
}

type chartBar struct{ X, Y, W, H, Shade float64 } // Shade from 0 to 1

type chartDot struct {
	X, Y, R float64
	Title   string
}

type chartText struct {
	X, Y   float64
	Text   string
	Anchor string // start, middle, end
}

// chartRow is one bar: its word, how long it is, and what stands behind it.
type chartRow struct {
	Label string
	Value float64
	Text  string
}

// round keeps drawings short.
func round(x float64) float64 { return math.Round(x*10) / 10 }

// bars draws one bar a row, the longest as long as the place has.
func bars(name string, rows []chartRow) chart {
	c := chart{Name: name, Width: chartWidth, Height: barHeight * float64(len(rows))}
	most := 0.0
	for _, r := range rows {
		most = max(most, r.Value)
	}
	for i, r := range rows {
		y, w := barHeight*float64(i), 0.0
		if most > 0 {
			w = round(barMost * max(r.Value, 0) / most)
		}
		c.Bars = append(c.Bars, chartBar{X: barFrom, Y: y + 6, W: max(w, 1), H: barHeight - 12, Shade: 1})
		c.Texts = append(c.Texts, chartText{X: barFrom - 8, Y: y + 21, Text: r.Label, Anchor: "end"}, chartText{X: barFrom + max(w, 1) + 6, Y: y + 21, Text: r.Text, Anchor: "start"})
	}
	return c
}

// plot is an empty drawing with two axes that end at most; the words stand at their ends.
func plot(name string, mostX, mostY float64, unit string) chart {
	c := chart{Name: name, Width: chartWidth, Height: plotTop + plotHeight + 22}
	c.Guides = append(c.Guides, points([2]float64{plotLeft, plotTop}, [2]float64{plotLeft, plotTop + plotHeight}, [2]float64{plotLeft + plotWidth, plotTop + plotHeight}))
	c.Texts = append(c.Texts, chartText{X: plotLeft - 5, Y: plotTop + 9, Text: short(mostY) + unit, Anchor: "end"}, chartText{X: plotLeft - 5, Y: plotTop + plotHeight, Text: "0", Anchor: "end"})
	if mostX > 0 {
		c.Texts = append(c.Texts, chartText{X: plotLeft + plotWidth, Y: plotTop + plotHeight + 16, Text: short(mostX) + unit, Anchor: "end"})
	}
	return c
}

// span is the range of what is drawn along an axis, with some room on both sides.
type span struct {
	low, high float64
	any       bool
}

func (s *span) see(x float64) {
	if !s.any {
		s.low, s.high, s.any = x, x, true
	}
	s.low, s.high = min(s.low, x), max(s.high, x)
}

// ends are where the axis begins and ends.
func (s span) ends() (low, high float64) {
	room := max((s.high-s.low)*0.15, 0.05)
	return max(s.low-room, 0), s.high + room
}

// part is a value as a part of the axis.
func (s span) part(x float64) float64 {
	low, high := s.ends()
	return (x - low) / (high - low)
}

// plotOf is an empty drawing whose axes do not begin at 0: both ends are written on each.
func plotOf(name string, x, y span) chart {
	c := plot(name, 0, 0, "")
	c.Texts = nil
	lowX, highX := x.ends()
	lowY, highY := y.ends()
	c.Texts = append(c.Texts,
		chartText{X: plotLeft - 5, Y: plotTop + 9, Text: decimal(highY), Anchor: "end"}, chartText{X: plotLeft - 5, Y: plotTop + plotHeight, Text: decimal(lowY), Anchor: "end"},
		chartText{X: plotLeft, Y: plotTop + plotHeight + 16, Text: decimal(lowX), Anchor: "start"}, chartText{X: plotLeft + plotWidth, Y: plotTop + plotHeight + 16, Text: decimal(highX), Anchor: "end"})
	return c
}

// name writes a word at a place, unless it would cover another one.
func (c *chart) name(x, y float64, text string) {
	for _, t := range c.Texts {
		if math.Abs(t.X-x) < 30 && math.Abs(t.Y-y) < 13 {
			return
		}
	}
	c.Texts = append(c.Texts, chartText{X: x, Y: y, Text: text, Anchor: "middle"})
}

// spot is the place of a value on a plot, both given as parts of the most.
func spot(x, y float64) [2]float64 {
	return [2]float64{round(plotLeft + plotWidth*x), round(plotTop + plotHeight*(1-y))}
}

// points writes places as a polyline has them.
func points(at ...[2]float64) string {
	parts := make([]string, len(at))
	for i, p := range at {
		parts[i] = strconv.FormatFloat(p[0], 'f', -1, 64) + "," + strconv.FormatFloat(p[1], 'f', -1, 64)
	}
	return strings.Join(parts, " ")
}

// short writes a number with at most one digit behind the point.
func short(x float64) string { return strconv.FormatFloat(round(x), 'f', -1, 64) }

// heat draws a table of counts: the more of a row, the darker. Labels stand at the rows and above the columns.
func heat(name string, labels []string, cells [][]int) chart {
	step := (chartWidth - heatLeft) / float64(max(len(labels), 1))
	c := chart{Name: name, Width: chartWidth, Height: heatHeight * float64(len(cells)+1)}
	for i, label := range labels {
		c.Texts = append(c.Texts, chartText{X: round(heatLeft + step*(float64(i)+0.5)), Y: 22, Text: label, Anchor: "middle"},
			chartText{X: heatLeft - 8, Y: heatHeight*float64(i+1) + 21, Text: label, Anchor: "end"})
	}
	for i, row := range cells {
		sum := 0
		for _, n := range row {
			sum += n
		}
		for k, n := range row {
			x, y := round(heatLeft+step*float64(k)), heatHeight*float64(i+1)
			shade := 0.04
			if sum > 0 {
				shade += 0.5 * float64(n) / float64(sum)
			}
			c.Bars = append(c.Bars, chartBar{X: x + 1, Y: y + 1, W: round(step - 2), H: heatHeight - 2, Shade: math.Round(shade*100) / 100})
			if n > 0 {
				c.Texts = append(c.Texts, chartText{X: round(x + step/2), Y: y + 21, Text: few(n), Anchor: "middle"})
			}
		}
	}
	return c
}
