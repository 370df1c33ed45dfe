package author

import (
	"fmt"
	"strings"
)

// Text is the drawing as an indented outline.
func (c *Chart) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)%s\n", c.Title, c.ID, mark(c.Class))
	for _, s := range c.Start {
		fmt.Fprintf(&b, "  %s%s%s\n", phrase("chart.start"), phrase("text.colon"), s)
	}
	if len(c.Nodes) == 0 {
		fmt.Fprintf(&b, "  %s\n", phrase("chart.empty"))
	}
	outline(&b, c.Nodes, "  ")
	for _, l := range c.Listen {
		fmt.Fprintf(&b, "  ~ %s\n", phrase("chart.to", "x", l.Words, "to", l.Then))
	}
	return b.String()
}

func outline(b *strings.Builder, nodes []*Node, pad string) {
	group := ""
	for _, n := range nodes {
		in := pad
		if n.When != "" {
			if n.whenSrc != group {
				fmt.Fprintf(b, "%s%s\n", pad, phrase("chart.when", "x", n.When))
			}
			in += "  "
		}
		group = n.whenSrc
		fmt.Fprintf(b, "%s%s%s%s\n", in, n.Head, mark(n.Class), prefixed(phrase("text.colon"), strings.ReplaceAll(n.Text, "\n", " ")))
		for _, note := range n.Notes {
			fmt.Fprintf(b, "%s    %s\n", in, strings.ReplaceAll(note, "\n", " "))
		}
		for _, w := range n.Ways {
			fmt.Fprintf(b, "%s    %s\n", in, wayLabel(Way{Label: w.Label, Name: w.Name}, true))
		}
		outline(b, n.Inner, in+"    ")
	}
}

func prefixed(sep, text string) string {
	if text == "" {
		return ""
	}
	return sep + text
}

// mark is the class of a node in words.
func mark(class string) string {
	if class == "" {
		return ""
	}
	return " [" + phrase("chart.legend."+class) + "]"
}

// Mermaid is the drawing as Mermaid source, for documents that draw it themselves.
func (c *Chart) Mermaid() string {
	g := c.graph()
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	mermaidNodes(&b, g.nodes, "  ")
	for _, e := range g.edges {
		arrow := "-->"
		if e.dashed {
			arrow = "-.->"
		}
		if e.label != "" {
			arrow += "|" + mermaidText(e.label) + "|"
		}
		fmt.Fprintf(&b, "  %s %s %s\n", e.from, arrow, e.to)
	}
	for _, class := range []string{"error", "warning", string(Added), string(Changed), string(Removed)} {
		if keys := g.classes[class]; len(keys) > 0 {
			p := palette(class)
			fmt.Fprintf(&b, "  classDef %s fill:%s,stroke:%s\n  class %s %s\n", class, p.fill, p.line, strings.Join(keys, ","), class)
		}
	}
	return b.String()
}

var mermaidShapes = map[shape][2]string{
	shapeRound: {"(", ")"}, shapeBox: {"[[", "]]"}, shapePlain: {"[", "]"}, shapeEnd: {"([", "])"}, shapeIf: {"{{", "}}"}, shapeHear: {">", "]"},
}

func mermaidNodes(b *strings.Builder, nodes []*vertex, pad string) {
	for _, v := range nodes {
		if len(v.inner) > 0 {
			fmt.Fprintf(b, "%ssubgraph %s [%s]\n", pad, v.key, mermaidText(v.label))
			mermaidNodes(b, v.inner, pad+"  ")
			fmt.Fprintf(b, "%send\n", pad)
			continue
		}
		s := mermaidShapes[v.shape]
		fmt.Fprintf(b, "%s%s%s%s%s\n", pad, v.key, s[0], mermaidText(v.label), s[1])
	}
}

// mermaidText quotes a label; quotes and signs that Mermaid reads become entities.
func mermaidText(s string) string {
	r := strings.NewReplacer(`"`, "#quot;", "\n", "<br/>", "<", "#lt;", ">", "#gt;", "|", "#124;", "`", "#96;")
	return `"` + r.Replace(s) + `"`
}

// Dot is the drawing in the language of Graphviz.
func (c *Chart) Dot() string {
	g := c.graph()
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n  node [shape=box, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];\n", dotText(c.ID))
	class := map[string]string{}
	for name, keys := range g.classes {
		for _, k := range keys {
			class[k] = name
		}
	}
	dotNodes(&b, g.nodes, class, "  ")
	for _, e := range g.edges {
		var attrs []string
		if e.label != "" {
			attrs = append(attrs, "label="+dotText(e.label))
		}
		if e.dashed {
			attrs = append(attrs, "style=dashed")
		}
		fmt.Fprintf(&b, "  %s -> %s", e.from, e.to)
		if len(attrs) > 0 {
			fmt.Fprintf(&b, " [%s]", strings.Join(attrs, ", "))
		}
		b.WriteString(";\n")
	}
	b.WriteString("}\n")
	return b.String()
}

var dotShapes = map[shape]string{
	shapeRound: "shape=box, style=\"rounded,filled\"", shapeBox: "shape=box, peripheries=2, style=filled", shapePlain: "shape=box, style=filled",
	shapeEnd: "shape=oval, style=filled", shapeIf: "shape=hexagon, style=filled", shapeHear: "shape=box, style=\"dashed,filled\"",
}

func dotNodes(b *strings.Builder, nodes []*vertex, class map[string]string, pad string) {
	for _, v := range nodes {
		if len(v.inner) > 0 {
			fmt.Fprintf(b, "%ssubgraph cluster_%s {\n%s  label=%s;\n", pad, v.key, pad, dotText(v.label))
			fmt.Fprintf(b, "%s  %s [shape=point];\n", pad, v.key)
			dotNodes(b, v.inner, class, pad+"  ")
			fmt.Fprintf(b, "%s}\n", pad)
			continue
		}
		p := palette(class[v.key])
		fmt.Fprintf(b, "%s%s [label=%s, %s, fillcolor=%q, color=%q];\n", pad, v.key, dotText(v.label), dotShapes[v.shape], p.fill, p.line)
	}
}

func dotText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
