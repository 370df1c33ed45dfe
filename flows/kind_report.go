package flows

import (
	"time"

	"github.com/vrep/vrep/flows/cond"
)

// do: report_ae: the intake of an adverse event has reached its end. The case itself was opened when the flow began.
func kindReport() *stepKind {
	return &stepKind{
		name: "report_ae", key: "do", value: "report_ae", keys: []string{"product", "serious", "within"},
		bind: func(b *binder, o *object, s *Step) {
			s.Body = &ReportStep{Product: o.text("product"), Serious: o.cond("serious"), Within: o.within("within")}
		},
		names: func(l *linker, s *Step) {
			l.declare(s, "ae.no", cond.Type{Kind: cond.KindText}, s.at)
		},
		run: func(t *turn, f *Frame, s *Step) verdict {
			body := s.Body.(*ReportStep)
			within := t.within(f, body.Within, 24*time.Hour)
			serious := within <= time.Hour
			if body.Serious != nil {
				serious = t.holds(f, body.Serious)
			}
			t.closeCase(f, t.houseText(f, body.Product), serious, within)
			return goOn
		},
	}
}

// ReportStep is the body of do: report_ae.
type ReportStep struct {
	Product *Text `canon:"shape"`
	Serious *Expr
	Within  *within
}
