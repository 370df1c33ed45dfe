package author

import (
	"fmt"
	"html"
	"slices"
	"strings"
)

func escape(s string) string { return html.EscapeString(s) }

// wide tells characters that take a full square in Chinese fonts.
func wide(r rune) bool { return r >= 0x1100 }

// measureText is the width of a text in pixels; Latin letters are a little over half as wide as Chinese ones.
func measureText(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case wide(r) || r == '\u201c' || r == '\u201d' || r == '\u2026':
			w += size
		case r >= 'A' && r <= 'Z' || r == 'm' || r == 'w' || r == '_':
			w += 0.72 * size
		default:
			w += 0.58 * size
		}
	}
	return w
}

// closers never stand at the head of a line, openers never at its end.
const (
	openers = "\u201c\uff08\u300a\u3014"
	closers = "\u3002\uff0c\u3001\uff1b\uff1a\uff1f\uff01\u201d\uff09\u300b\u3015"
)

// wrap breaks a text into lines that fit a width; what does not fit the most lines ends in an ellipsis.
func wrap(text string, size, width float64, most int) []string {
	var out []string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		line, w := []rune{}, 0.0
		for _, r := range paragraph {
			cw := measureText(string(r), size)
			if w+cw > width && len(line) > 0 && !strings.ContainsRune(closers, r) {
				keep := len(line) - tied(line, r)
				held := slices.Clone(line[keep:])
				out = append(out, string(line[:keep]))
				line, w = held, measureText(string(held), size)
				if r == ' ' {
					continue
				}
			}
			line = append(line, r)
			w += cw
		}
		out = append(out, string(line))
	}
	if len(out) <= most {
		return out
	}
	out = out[:most]
	last := []rune(out[most-1])
	for len(last) > 0 && measureText(string(last), size)+size > width {
		last = last[:len(last)-1]
	}
	out[most-1] = string(last) + phrase("text.ellipsis")
	return out
}

// tied is how many characters at the end of a line belong to the one that begins the next: an opening mark, the rest of a Latin word.
func tied(line []rune, next rune) int {
	n := 0
	if isWord(next) {
		for n < len(line) && isWord(line[len(line)-1-n]) {
			n++
		}
	}
	if n < len(line) && strings.ContainsRune(openers, line[len(line)-1-n]) {
		n++
	}
	if n == len(line) {
		return 0
	}
	return n
}

func isWord(r rune) bool {
	return r == '_' || r == '.' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

// words writes lines of text from a base line down.
func (d *drawing) words(x, y, size float64, fill, anchor string, lines []string, step float64) {
	for i, line := range lines {
		fmt.Fprintf(&d.out, `<text x="%.1f" y="%.1f" font-size="%.1f" fill="%s"`, x, y+float64(i)*step, size, fill)
		if anchor != "" {
			fmt.Fprintf(&d.out, ` text-anchor="%s"`, anchor)
		}
		fmt.Fprintf(&d.out, ">%s</text>\n", escape(line))
	}
}

func (d *drawing) startNode(b *box) {
	p := palette(d.chart.Class)
	if d.chart.Class == "" {
		p = colours{"#173a5e", "#173a5e", "#ffffff"}
	}
	fmt.Fprintf(&d.out, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="20" fill="%s" stroke="%s"/>`+"\n", b.x, b.y, b.w, b.h, p.fill, p.line)
	d.words(b.x+pad+6, b.y+pad+14, fontText+1, p.text, "", wrap(b.head[0], fontText+1, b.w-2*pad-12, 1), 0)
	d.words(b.x+pad+6, b.y+pad+lineText+13, fontNote, p.text, "", b.notes, lineNote)
}

// radius of the corners, by kind: questions are round, ends rounder, other flows have a double edge.
func radius(n *Node, h float64) float64 {
	switch n.Kind {
	case "ask":
		return 14
	case "end":
		return h / 2
	}
	return 3
}

func (d *drawing) node(b *box) {
	n := b.n
	p := palette(n.Class)
	switch {
	case n.Class != "":
	case n.Kind == "ask":
		p = colours{"#ffffff", "#2c5f8a", "#1f2933"}
	case n.Kind == "end":
		p = colours{"#e9edf1", "#5b6875", "#1f2933"}
	case n.Kind != "say":
		p = colours{"#f4f6f8", "#9aa6b2", "#1f2933"}
	}
	if b.chipY >= 0 {
		d.chip(b)
	}
	stroke := ""
	if n.Class == string(Removed) {
		stroke = ` stroke-dasharray="4 3"`
	}
	if len(n.Inner) == 0 {
		fmt.Fprintf(&d.out, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.0f" fill="%s" stroke="%s"%s>`, b.x, b.y, b.w, b.h, radius(n, b.h), p.fill, p.line, stroke)
		fmt.Fprintf(&d.out, "<title>%s</title></rect>\n", escape(strings.TrimSpace(n.Head+"\n"+n.Text)))
	}
	if n.Kind == "call" {
		fmt.Fprintf(&d.out, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="none" stroke="%s"/>`+"\n", b.x+4, b.y+4, b.w-8, b.h-8, p.line)
	}
	x, y := b.x+pad, b.y+pad+9
	if n.Kind == "end" {
		x += 10
	}
	faint := "#66727f"
	if n.Class != "" {
		faint = p.text
	}
	d.words(x, y, fontNote, faint, "", b.head, lineNote)
	y += lineNote*float64(len(b.head)) + 2
	d.words(x, y, fontText, p.text, "", b.text, lineText)
	y += lineText*float64(len(b.text)) - 2
	d.words(x, y, fontNote, faint, "", b.notes, lineNote)
}

// chip draws a condition.
func (d *drawing) chip(b *box) {
	h := chipHeight(b.n, b.w)
	x, y, w := b.x+14, b.chipY, b.w-28
	fmt.Fprintf(&d.out, `<polygon points="%.1f,%.1f %.1f,%.1f %.1f,%.1f %.1f,%.1f %.1f,%.1f %.1f,%.1f" fill="#fdf6e3" stroke="#c9b27a"/>`+"\n",
		x-14, y+h/2, x, y, x+w, y, x+w+14, y+h/2, x+w, y+h, x, y+h)
	d.words(b.x+b.w/2, y+17, fontNote, "#5c4a14", "middle", wrap(phrase("chart.when", "x", b.n.When), fontNote, b.w-56, 3), lineNote)
}

func (d *drawing) frame(b *box) {
	p := palette(b.n.Class)
	fmt.Fprintf(&d.out, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="4" fill="#f6f8fa" stroke="%s" stroke-width="1.4"/>`+"\n", b.x, b.y, b.w, b.h, p.line)
}

func (d *drawing) line(p pathway) {
	colour := "#6b7785"
	if p.faint {
		colour = "#b3bcc6"
	}
	var path strings.Builder
	for i := 0; i+1 < len(p.points); i += 2 {
		fmt.Fprintf(&path, "%s%.1f %.1f", map[bool]string{true: "M", false: "L"}[i == 0], p.points[i], p.points[i+1])
	}
	fmt.Fprintf(&d.out, `<path d="%s" fill="none" stroke="%s" stroke-width="1.3"`, path.String(), colour)
	if p.dashed {
		d.out.WriteString(` stroke-dasharray="5 4"`)
	}
	if p.arrow {
		d.out.WriteString(` marker-end="url(#a)"`)
	}
	d.out.WriteString("/>\n")
	if p.label == "" {
		return
	}
	if p.faint { // beside the lane on the left
		d.words(p.points[2]-4, p.points[3]+14, 10.5, "#8b96a2", "end", []string{p.label}, 0)
		return
	}
	x, y := p.points[0]+6, p.points[1]-4
	if !p.arrow {
		x, y = p.points[len(p.points)-2]+4, p.points[1]+4
	}
	short := wrap(p.label, fontNote, labelSpace-14, 1)
	fmt.Fprintf(&d.out, "<g><title>%s</title>\n", escape(p.label))
	d.words(x, y, fontNote, "#3d4a57", "", short, 0)
	d.out.WriteString("</g>\n")
}

// listeners draws what is heard at any time, dashed, below the flow.
func (d *drawing) listeners() string {
	held := d.out
	d.out = strings.Builder{}
	if len(d.chart.Listen) > 0 {
		d.y += gapRows
	}
	for _, l := range d.chart.Listen {
		d.y += 8
		lines := wrap(l.Words, fontNote, nodeWidth-2*pad, 2)
		then := wrap(l.Then, fontNote, labelSpace-26-2*pad, 2)
		h := 16 + lineNote*float64(max(len(lines), len(then)))
		x := leftSpace
		fmt.Fprintf(&d.out, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="3" fill="#fff" stroke="#a05a2c" stroke-dasharray="5 4"/>`+"\n", x, d.y, nodeWidth, h)
		d.words(x+pad, d.y+20, fontNote, "#5c3a20", "", lines, lineNote)
		fmt.Fprintf(&d.out, `<path d="M%.1f %.1fL%.1f %.1f" stroke="#a05a2c" stroke-dasharray="5 4" marker-end="url(#a)"/>`+"\n", x+nodeWidth, d.y+h/2, x+nodeWidth+22, d.y+h/2)
		fmt.Fprintf(&d.out, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="#fff8f2" stroke="#a05a2c"/>`+"\n", x+nodeWidth+24, d.y, labelSpace-26, h)
		d.words(x+nodeWidth+24+pad, d.y+20, fontNote, "#5c3a20", "", then, lineNote)
		d.y += h
	}
	out := d.out.String()
	d.out = held
	return out
}

// legend explains the colours that occur.
func (d *drawing) legend() string {
	seen := map[string]bool{d.chart.Class: true}
	d.chart.each(func(n *Node) { seen[n.Class] = true })
	held := d.out
	d.out = strings.Builder{}
	x := leftSpace
	for _, class := range []string{"error", "warning", string(Added), string(Changed), string(Removed)} {
		if !seen[class] {
			continue
		}
		if x == leftSpace {
			d.y += gapRows
		}
		p := palette(class)
		label := phrase("chart.legend." + class)
		fmt.Fprintf(&d.out, `<rect x="%.1f" y="%.1f" width="14" height="14" fill="%s" stroke="%s"/>`+"\n", x, d.y, p.fill, p.line)
		d.words(x+20, d.y+11.5, fontNote, "#3d4a57", "", []string{label}, 0)
		x += 20 + measureText(label, fontNote) + 22
	}
	if x > leftSpace {
		d.y += 14
	}
	d.y += 20
	out := d.out.String()
	d.out = held
	return out
}
