package flows

import (
	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// split: an arm drawn by weight, always the same for the same doctor; later conditions read it by the split's name.
func kindSplit() *stepKind {
	return &stepKind{
		name: "split", key: "split", keys: []string{"arms"},
		bind: bindSplit,
		names: func(l *linker, s *Step) {
			body := s.Body.(*SplitStep)
			codes := make([]string, 0, len(body.Arms))
			for _, a := range body.Arms {
				codes = append(codes, a.Name)
			}
			l.declare(s, body.Name, cond.Type{Kind: cond.KindText, Codes: codes}, body.at)
		},
		run: func(t *turn, f *Frame, s *Step) verdict {
			body := s.Body.(*SplitStep)
			if arm := body.arm(t.seed("split", f.Flow, body.Name)); arm != "" {
				t.setVar(f, body.Name, cond.Text(arm))
			}
			return goOn
		},
	}
}

// SplitStep is the body of a split step.
type SplitStep struct {
	Name string
	Arms []Arm
	at   place
}

// Arm is one way of a split with its weight; the weights need not add up to a hundred.
type Arm struct {
	Name   string `canon:"name"`
	Weight int
}

// arm draws by a number: each arm gets its share of all numbers.
func (b *SplitStep) arm(seed uint64) string {
	sum := 0
	for _, a := range b.Arms {
		sum += a.Weight
	}
	if sum == 0 {
		return ""
	}
	n := int(seed % uint64(sum))
	for _, a := range b.Arms {
		if n < a.Weight {
			return a.Name
		}
		n -= a.Weight
	}
	return ""
}

func bindSplit(b *binder, o *object, s *Step) {
	body := &SplitStep{Name: o.word("split"), at: b.at(o.keys["split"])}
	s.Body = body
	if cond.Reserved(body.Name) || contains(reservedIDs, body.Name) {
		b.add(o.keys["split"], "reserved_id", "id", body.Name)
	}
	if !o.need("arms") {
		return
	}
	seen := map[string]bool{}
	b.pairs(o.keys["arms"], func(k, v *yaml.Node) {
		n, err := parseFloat(b.scalar(v, k.Value))
		switch {
		case !isName(k.Value):
			b.add(k, "bad_name", "name", k.Value)
		case err != nil || n == nil || *n != float64(int(*n)) || *n < 1 || *n > 1000:
			b.add(v, "want_number", "key", k.Value, "low", "1", "high", "1000")
		case !seen[k.Value]: // twice is filed when the file is read
			seen[k.Value] = true
			body.Arms = append(body.Arms, Arm{k.Value, int(*n)})
		}
	})
	if n := o.keys["arms"]; n.Kind == yaml.MappingNode && len(n.Content) < 4 {
		b.add(o.key["arms"], "few_arms")
	}
}
