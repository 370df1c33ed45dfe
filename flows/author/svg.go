package author

import (
	"fmt"
	"strings"

	"github.com/vrep/vrep/flows"
)

// SVG draws a flow: one column from top to bottom as it is read, conditions above the steps that they decide on, what is passed over on the left, jumps
// on the right, what is heard at any time below. Findings colour the steps that they are about.
func SVG(lib *flows.Library, flow *flows.Flow, findings []flows.Problem) []byte {
	return NewChart(lib, flow, findings).SVG()
}

// Measures of a drawing, in pixels.
const (
	nodeWidth  = 380.0
	pad        = 11.0
	fontText   = 13.5
	fontNote   = 11.5
	lineText   = 20.0
	lineNote   = 16.5
	gapRows    = 26.0
	leftSpace  = 64.0
	labelSpace = 210.0 // beside a node, for the words of its jumps
	laneWidth  = 14.0
	wayHeight  = 19.0
)

// fonts that draw Chinese on the systems of authors; the viewer's own are used.
const fonts = `-apple-system,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','WenQuanYi Zen Hei',sans-serif`

// box is a node with its place.
type box struct {
	n          *Node
	x, y, w, h float64
	chipY      float64 // top of the condition above it, -1 = none
	head, text []string
	notes      []string
}

// drawing lays boxes out and writes them.
type drawing struct {
	chart  *Chart
	boxes  map[string]*box // by node key
	order  []*box
	bypass []pathway // past conditions
	spine  []pathway
	frames []*box // blocks
	y      float64
	out    strings.Builder
	lanes  int
	width  float64
}

// pathway is a way that is drawn as a line with corners.
type pathway struct {
	points []float64 // x, y, x, y and so on
	label  string
	dashed bool
	faint  bool
	arrow  bool
}

// SVG is the drawing as a picture that browsers show without scripts.
func (c *Chart) SVG() []byte {
	d := &drawing{chart: c, boxes: map[string]*box{}, y: 16}
	start := d.startBox()
	last := d.column(c.Nodes, leftSpace, nodeWidth, start)
	jumps := d.jumps()
	d.width = leftSpace + nodeWidth + labelSpace + float64(d.lanes+1)*laneWidth + 12
	if last != nil && (last.n == nil || last.n.Falls) && len(c.Nodes) > 0 {
		d.endPill(last)
	}
	listeners := d.listeners()
	legend := d.legend()
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="%s" role="img">`+"\n", d.width, d.y, d.width, d.y, fonts)
	fmt.Fprintf(&svg, "<title>%s</title>\n", escape(c.Title))
	svg.WriteString(arrowHeads)
	fmt.Fprintf(&svg, `<rect width="%.0f" height="%.0f" fill="#fbfcfd"/>`+"\n", d.width, d.y)
	for _, f := range d.frames {
		d.frame(f)
	}
	for _, list := range [][]pathway{d.spine, d.bypass, jumps} {
		for _, p := range list {
			d.line(p)
		}
	}
	d.startNode(start)
	for _, b := range d.order {
		d.node(b)
	}
	svg.WriteString(d.out.String())
	svg.WriteString(listeners)
	svg.WriteString(legend)
	svg.WriteString("</svg>\n")
	return []byte(svg.String())
}

const arrowHeads = `<defs><marker id="a" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z" fill="#6b7785"/></marker></defs>` + "\n"

// startBox places what begins the flow.
func (d *drawing) startBox() *box {
	b := &box{x: leftSpace, y: d.y, w: nodeWidth, chipY: -1}
	b.head = []string{d.chart.Title}
	for i, s := range d.chart.Start {
		if i == 0 {
			s = phrase("chart.start") + phrase("text.colon") + s
		}
		b.notes = append(b.notes, wrap(s, fontNote, b.w-2*pad-12, 4)...)
	}
	b.h = 2*pad + lineText + float64(len(b.notes))*lineNote
	d.y += b.h
	return b
}

// column places steps one below the other and returns the last box; before is what stands above.
func (d *drawing) column(nodes []*Node, x, w float64, before *box) *box {
	var skipped []*box // boxes of the condition that is open
	from := ""
	shut := func(next float64) { // the way past a condition joins the next step
		if len(skipped) == 0 {
			return
		}
		lane := x - 26
		top := skipped[0].chipY + chipHeight(skipped[0].n, w)/2
		d.bypass = append(d.bypass, pathway{points: []float64{x, top, lane, top, lane, next - gapRows/2, x + w/2, next - gapRows/2}, label: phrase("chart.otherwise"), faint: true})
		skipped = nil
	}
	for _, n := range nodes {
		b := d.measure(n, x, w)
		fresh := n.When != "" && (n.whenSrc != from || changesMeaning(skipped, n))
		joined := len(skipped) > 0 && (n.When == "" || fresh)
		if joined {
			shut(d.y + gapRows)
		}
		d.y += gapRows
		b.chipY = -1
		if fresh {
			b.chipY = d.y
			d.y += chipHeight(n, w) + 14
			d.spine = append(d.spine, pathway{points: []float64{x + w/2, b.chipY + chipHeight(n, w), x + w/2, d.y}, arrow: true})
		}
		if n.When != "" && n.Class != string(Removed) {
			skipped = append(skipped, b)
		}
		from = n.whenSrc
		b.y = d.y
		d.link(before, b, fresh, joined, x+w/2)
		d.y += b.h
		d.boxes[n.Key] = b
		d.order = append(d.order, b)
		if n.Class != string(Removed) {
			before = b
		}
		if len(n.Inner) > 0 {
			d.inside(b)
		}
	}
	shut(d.y + gapRows)
	return before
}

// link joins a box with the one above.
func (d *drawing) link(before, b *box, fresh, joined bool, middle float64) {
	if before == nil || b.n.Class == string(Removed) {
		return
	}
	stands := before.n != nil && !before.n.Falls
	if stands && !joined {
		return // only jumps come here
	}
	to := b.y
	if fresh {
		to = b.chipY
	}
	bottom := before.y + before.h
	if stands {
		bottom = to - gapRows/2 // what passes by a condition comes here
	}
	d.spine = append(d.spine, pathway{points: []float64{middle, bottom, middle, to}, arrow: true})
}

// changesMeaning reports whether a step in a run of steps with one condition gives a name that the condition reads.
func changesMeaning(run []*box, n *Node) bool {
	for _, b := range run {
		if b.n.ID != "" && strings.Contains(n.whenSrc, b.n.ID) {
			return true
		}
	}
	return false
}

// inside places the steps of a block within its frame.
func (d *drawing) inside(b *box) {
	d.y += 4
	last := d.column(b.n.Inner, b.x+34, b.w-52, nil)
	if last != nil {
		d.y += gapRows/2 + 6
	}
	if body, ok := b.n.step.Body.(*flows.BlockStep); ok && body.Loops() && last != nil {
		x, top, middle := b.x+18, b.y+b.h+12, b.x+34+(b.w-52)/2
		from := last.y + last.h - 12
		d.spine = append(d.spine, pathway{points: []float64{b.x + 34, from, x, from, x, top, middle, top, middle, b.y + b.h + 4 + gapRows}, arrow: true})
	}
	frame := *b
	frame.h = d.y - b.y
	d.frames = append(d.frames, &frame)
	b.h = frame.h
}

// measure breaks the words of a node into lines.
func (d *drawing) measure(n *Node, x, w float64) *box {
	b := &box{n: n, x: x, w: w}
	inner := w - 2*pad
	b.head = wrap(n.Head, fontNote, inner, 1)
	if n.Text != "" {
		b.text = wrap(n.Text, fontText, inner, 4)
	}
	for _, note := range n.Notes {
		b.notes = append(b.notes, wrap(note, fontNote, inner, 2)...)
	}
	b.h = 2*pad + lineNote*float64(len(b.head)+len(b.notes)) + lineText*float64(len(b.text)) - 4
	b.h = max(b.h, 24+float64(len(n.Ways))*wayHeight)
	return b
}

// chipHeight is the height of the condition above a node.
func chipHeight(n *Node, w float64) float64 {
	return 10 + lineNote*float64(len(wrap(phrase("chart.when", "x", n.When), fontNote, w-56, 3)))
}

// endPill says that the flow is over where no step says so.
func (d *drawing) endPill(last *box) {
	x := leftSpace + nodeWidth/2
	y := d.y + gapRows
	d.spine = append(d.spine, pathway{points: []float64{x, last.y + last.h, x, y}, arrow: true})
	fmt.Fprintf(&d.out, `<rect x="%.0f" y="%.0f" width="110" height="26" rx="13" fill="#eef1f4" stroke="#8a97a6"/>`+"\n", x-55, y)
	d.words(x, y+17.5, fontNote, "#3d4a57", "middle", []string{phrase("chart.fall_out")}, 0)
	d.y = y + 26
}
