package flows

import (
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
)

const pricesFile = "prices.yaml"

// Price is a price that may be told to doctors.
type Price struct {
	Hospital string // id in the list of hospitals, "" = everywhere
	Product  string
	Price    string    // as people read it, with its unit
	Basis    string    // what it rests on: the list or the contract
	Until    time.Time // last valid day; zero = no end
}

// prices reads prices.yaml.
func (l *loader) prices(b *binder, o *object) {
	if !o.need("prices") {
		return
	}
	for _, n := range o.items("prices") {
		po := b.object(n, []string{"hospital", "product", "price", "basis", "until"})
		if !po.need("product", "price", "basis") {
			continue
		}
		l.lib.prices = append(l.lib.prices, Price{Hospital: po.word("hospital"), Product: po.plain("product"), Price: po.plain("price"),
			Basis: po.plain("basis"), Until: po.until()})
	}
}

// Price is the price of a product at a hospital (its id in the list) as doctors read it, from prices.yaml. A price of the hospital itself comes before one
// for all; one that is no longer valid at the time counts as none.
func (lib *Library) Price(hospital, product string, at time.Time) (string, bool) {
	var best *Price
	for i := range lib.prices {
		p := &lib.prices[i]
		switch {
		case lib.reader.Normalise(p.Product) != lib.reader.Normalise(product) || (p.Hospital != "" && p.Hospital != hospital):
		case !p.Until.IsZero() && dayOver(p.Until, at):
		case best == nil || best.Hospital == "" && p.Hospital != "":
			best = p
		}
	}
	if best == nil {
		return "", false
	}
	until := ""
	if !best.Until.IsZero() {
		until = lib.phrase("price_until", "value", lib.reader.SayDate(best.Until.Format(time.DateOnly)))
	}
	return lib.phrase("price", "value", best.Product, "label", best.Price, "reason", best.Basis, "to", until), true
}

// phrase fills a fixed line that prints nothing but what is given.
func (lib *Library) phrase(line string, args ...string) string {
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "${"+args[i]+"}", args[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(lib.line(line))
}

// lookups are functions that need what only the caller has.
func lookups() map[string]cond.Function {
	text := cond.Type{Kind: cond.KindText}
	perhaps := cond.Type{Kind: cond.KindText, Missing: true}
	return map[string]cond.Function{
		"price": {Args: []cond.Type{text, text}, Result: perhaps, Call: func(env cond.Env, args []cond.Value) cond.Value {
			if e, ok := env.(asker); ok {
				return e.price(args[0].Str(), args[1].Str())
			}
			return cond.None()
		}},
		"rep.by": {Args: []cond.Type{text}, Result: perhaps, Call: func(env cond.Env, args []cond.Value) cond.Value {
			if e, ok := env.(asker); ok {
				return e.repOf(args[0].Str())
			}
			return cond.None()
		}},
	}
}
