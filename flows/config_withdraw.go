package flows

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/vrep/vrep/flows/cond"
)

// ending is what else ends with a consent: what was written under it goes, and a team hears of it.
type ending struct {
	clear  []string // fields of the portrait
	untag  []string
	notify string // team, "" = nobody
	say    *Text  // what the team is told, without the doctor's name
	at     place
}

// readEndings reads on_withdraw: purpose → what ends with it.
func (c *Config) readEndings(b *binder, n *yaml.Node) {
	b.pairs(n, func(k, v *yaml.Node) {
		o := b.object(v, []string{"clear", "untag", "notify", "say"})
		e := ending{clear: o.words("clear"), untag: o.words("untag"), notify: o.oneOf("notify", teams...), say: o.text("say"), at: b.at(k)}
		if e.notify != "" {
			o.need("say")
		}
		c.endings[k.Value] = e
	})
}

// linkEndings checks what on_withdraw refers to.
func (c *Config) linkEndings(lib *Library, sc cond.Scope, report func(at place, key string, args ...string)) {
	for _, purpose := range sortedKeys(c.endings) {
		e := c.endings[purpose]
		if e.say != nil {
			e.say.link(sc, lib.funcs, report)
		}
		if known := lib.purposes(); !contains(known, purpose) {
			report(e.at, "unknown_purpose", "name", purpose, "near", cond.Nearest(purpose, known), "allowed", strings.Join(known, listMark))
		}
		for _, field := range e.clear {
			if lib.strictProfile && lib.profile[field] == nil {
				report(e.at, "unknown_field", "name", field, "near", cond.Nearest(field, sortedKeys(lib.profile)))
			}
		}
	}
}

// ceased does what ends with a consent that was taken back.
func (t *turn) ceased(purpose string) {
	e, ok := t.house().lib.config.endings[purpose]
	if !ok {
		return
	}
	for _, field := range e.clear {
		if !t.profile(field).Value.IsNone() {
			t.write(Assign{Field: field, From: "withdraw", Answer: -1, At: t.in.At})
		}
	}
	for _, tag := range e.untag {
		if t.tagged(tag) {
			t.writeTag(TagChange{Tag: tag, Remove: true})
		}
	}
	if e.say != nil {
		t.asHouse(func() { t.notify(nil, e.notify, t.render(nil, e.say)) })
	}
}
