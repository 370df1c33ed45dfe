package flows

import (
	"regexp"
	"strings"
)

// checkProducts: texts with a brand name but without its generic name, and contents or flows about it without the notice that has to be there.
func checkProducts(c *checker) {
	for i := range c.lib.config.Products {
		p := &c.lib.config.Products[i]
		for j := range c.lib.contents {
			item := &c.lib.contents[j]
			text := item.Title + "\n" + item.Description
			if !strings.Contains(text, p.Name) {
				continue
			}
			if !p.generic(text) {
				c.add(item.at, "no_generic", "name", p.Name, "generic", p.Generic)
			}
			if !strings.Contains(text, p.Notice) {
				c.add(item.at, "no_notice", "name", p.Name, "notice", p.Notice)
			}
		}
		for _, f := range c.lib.Flows() {
			c.productIn(f, p)
		}
	}
}

// generic reports whether a text holds the generic name beside the brand name; the one may begin the other.
func (p *Product) generic(text string) bool {
	return strings.Contains(strings.ReplaceAll(text, p.Name, ""), p.Generic)
}

func (c *checker) productIn(f *Flow, p *Product) {
	var first place
	noticed := p.Notice == ""
	f.Walk(func(_ *Flow, s *Step) {
		if !s.said() {
			return
		}
		for _, x := range s.texts {
			said := x.printed()
			noticed = noticed || strings.Contains(said, p.Notice)
			if !strings.Contains(said, p.Name) {
				continue
			}
			if first.file == nil {
				first = x.where(p.Name)
			}
			if !p.generic(said) {
				c.add(x.where(p.Name), "no_generic", "name", p.Name, "generic", p.Generic)
			}
		}
	})
	if first.file != nil && !noticed && !f.reports {
		c.add(first, "no_notice", "name", p.Name, "notice", p.Notice)
	}
}

var reCallIn = regexp.MustCompile(`\w+\([^()]*\)`)

// printed is a text without what its placeholders hand to functions: the name of a product whose price is looked up is not said.
func (x *Text) printed() string {
	return rePlaceholder.ReplaceAllStringFunc(x.src, func(p string) string { return reCallIn.ReplaceAllString(p, "") })
}

// checkAudience: a named content on a way that doctors below its level can take. A flow that asks whether it was sent has thought of them.
func checkAudience(c *checker) {
	levels := map[*Flow]held{} // what callers let in
	order := c.lib.order
	for i := len(order) - 1; i >= 0; i-- { // callers first
		for _, f := range order[i].parts() { // a flow before its blocks
			t := newTried(f, true)
			start := t.startLevel(levels[f], f.block != nil || c.lib.called(f))
			if start != nil && t.run(start) {
				c.audienceIn(t, levels)
			}
		}
	}
}

// audienceIn looks at the contents that a flow names, and notes the levels that reach the flows it calls and its blocks.
func (c *checker) audienceIn(t *tried, levels map[*Flow]held) {
	reads := t.f.root().reads()
	for _, s := range t.f.Steps {
		on, _ := t.split(s.When, t.in[s.N])
		if on == nil {
			continue
		}
		switch body := s.Body.(type) {
		case *CallStep:
			if callee := c.lib.flows[body.Flow]; callee != nil {
				levels[callee] = joined(levels[callee], t.levelBits(on))
			}
		case *BlockStep:
			levels[body.Inner] = joined(levels[body.Inner], t.levelBits(on))
		case *SendStep:
			item, ok := c.lib.content(body.Content)
			if low := t.lowest(on); ok && low < item.Audience && !reads[s.ID+".sent"] {
				c.add(body.at, "not_for_all", "name", body.Content, "level", itoa(item.Audience), "low", itoa(low))
			}
		}
	}
}

// called reports whether another flow calls this one.
func (lib *Library) called(f *Flow) bool {
	for _, g := range lib.flows {
		found := false
		g.Walk(func(_ *Flow, s *Step) {
			if body, ok := s.Body.(*CallStep); ok && body.Flow == f.ID {
				found = true
			}
		})
		if found {
			return true
		}
	}
	return false
}

// startLevel is what holds at the first step: what start.when lets in where the flow starts by itself, and what its callers let in.
func (t *tried) startLevel(callers held, called bool) held {
	var own held
	if len(t.f.Start.On) > 0 || !called {
		own, _ = t.split(t.f.Start.When, t.full)
	}
	if callers == nil {
		return own
	}
	in := append(held{}, t.full...)
	in[t.index[levelName]] = callers[0]
	return joined(own, in)
}

// joined is what holds in one case or the other.
func joined(a, b held) held {
	if a == nil || b == nil {
		return append(append(held(nil), a...), b...)
	}
	out := append(held{}, a...)
	for i := range out {
		out[i] |= b[i]
	}
	return out
}

// levelBits are the levels that may be here, as one mask.
func (t *tried) levelBits(h held) held { return held{h[t.index[levelName]]} }

// lowest is the lowest level that may be here.
func (t *tried) lowest(h held) int {
	i := t.index[levelName]
	for b, v := range t.doms[i].values {
		if h[i]&(1<<b) != 0 {
			return int(v.Num())
		}
	}
	return 0
}
