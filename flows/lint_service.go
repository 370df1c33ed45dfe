package flows

import "strings"

// checkService: a flow that may begin without the consent to be written to unasked hands out content or talks about a product, itself or in a flow that it calls.
func checkService(c *checker) {
	for _, f := range c.lib.Flows() {
		if f.Service {
			c.serves(f, map[*Flow]bool{})
		}
	}
}

func (c *checker) serves(f *Flow, seen map[*Flow]bool) {
	if f == nil || f.Urgent || seen[f] { // a safety report may name what it is about
		return
	}
	seen[f] = true
	f.Walk(func(_ *Flow, s *Step) {
		switch body := s.Body.(type) {
		case *SendStep:
			c.add(s.at, "service_sends")
		case *CallStep:
			c.serves(c.lib.flows[body.Flow], seen)
		}
		for _, x := range s.texts {
			if name := c.lib.productIn(x.printed()); name != "" {
				c.add(x.where(name), "service_product", "name", name)
			}
		}
	})
}

// productIn is the first product whose brand or generic name a text holds, "" = none.
func (lib *Library) productIn(text string) string {
	for i := range lib.config.Products {
		p := &lib.config.Products[i]
		for _, name := range []string{p.Name, p.Generic} {
			if name != "" && strings.Contains(text, name) {
				return name
			}
		}
	}
	return ""
}
