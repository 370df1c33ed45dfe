package flows

import (
	"cmp"
	"math"
	"slices"

	"github.com/vrep/vrep/flows/cond"
)

// SuperPart is one dimension of a doctor.
type SuperPart struct {
	Dimension string
	Value     int // 0 to 100
}

// SuperScore is what a lens gives a doctor. The points of its lines add up to its points.
type SuperScore struct {
	Lens    string
	Points  int // 0 to 100
	Weights map[string]int
	Lines   []ScoreLine // Group is the dimension
	Listed  bool        // stands on the list of the lens
	Tags    []string    // tags of the lens that the doctor has
}

// share is what one line of a dimension comes to.
type share struct {
	dimension string
	line      *superLine
	value     float64 // points within the dimension
	evidence  string
}

// dimensions evaluates the lines. A dimension has at most 100 points: what goes beyond is not counted. Unknown are the lines that rest on a number which
// nobody knows.
func (r *superRules) evaluate(v *view) (shares []share, parts []SuperPart, unknown []string) {
	for i := range r.dimensions {
		d := &r.dimensions[i]
		sum := 0.0
		for k := range d.lines {
			l := &d.lines[k]
			value, evidence, known := l.worth(v)
			if !known {
				unknown = append(unknown, l.why)
			}
			if value = min(value, 100-sum); value <= 0 {
				continue
			}
			sum += value
			shares = append(shares, share{d.name, l, value, evidence})
		}
		parts = append(parts, SuperPart{d.name, int(math.Round(sum))})
	}
	return shares, parts, unknown
}

// worth is what a line gives; known is false when its number has no value.
func (l *superLine) worth(v *view) (points float64, evidence string, known bool) {
	if !v.holds(l.when) {
		return 0, "", true
	}
	if l.of == nil {
		return float64(l.points), cmp.Or(v.proof(l.when), l.when.Source()), true
	}
	if l.of.x == nil {
		return 0, "", true
	}
	x := l.of.x.Eval(v)
	if x.Kind() != cond.KindNumber {
		return 0, "", false
	}
	part := (x.Num() - l.low) / (l.high - l.low)
	return float64(l.points) * min(max(part, 0), 1), cmp.Or(v.proof(l.of), l.of.Source()), true
}

// weigh is the score of a lens: weights times the stage of the product's life, brought back to 100 in all. Points are whole; what rounding leaves goes to
// the lines that lost most, so that they add up.
func (r *superRules) weigh(l *superLens, shares []share, life string) SuperScore {
	out := SuperScore{Lens: l.name, Weights: map[string]int{}}
	weights, all := map[string]float64{}, 0.0
	for _, name := range superDimensions {
		w := float64(l.weights[name])
		if percent, ok := r.lifecycle[life][name]; ok {
			w *= float64(percent) / 100
		}
		weights[name], all = w, all+w
	}
	if all == 0 {
		return out
	}
	exact, total := make([]float64, len(shares)), 0.0
	for _, name := range superDimensions {
		weights[name] /= all
		if weights[name] > 0 {
			out.Weights[name] = int(math.Round(100 * weights[name]))
		}
	}
	for i, s := range shares {
		exact[i] = s.value * weights[s.dimension]
		total += exact[i]
	}
	out.Points = int(math.Round(total))
	for i, points := range whole(exact, out.Points) {
		if points > 0 {
			s := shares[i]
			out.Lines = append(out.Lines, ScoreLine{Group: s.dimension, Points: points, Why: s.line.why, Evidence: s.evidence, Feature: s.line.feature()})
		}
	}
	return out
}

// feature names what a line looks at.
func (l *superLine) feature() string {
	for _, e := range []*Expr{l.of, l.when} {
		if e != nil && e.x != nil && len(e.x.Names()) > 0 {
			return e.x.Names()[0]
		}
	}
	return ""
}

// whole rounds parts down and gives what is missing to the sum to those with the largest rest, the first ones before the later ones.
func whole(parts []float64, sum int) []int {
	out, order := make([]int, len(parts)), make([]int, len(parts))
	left := sum
	for i, p := range parts {
		out[i], order[i] = int(math.Floor(p+1e-9)), i
		left -= out[i]
	}
	rest := func(i int) float64 { return parts[i] - float64(out[i]) }
	slices.SortStableFunc(order, func(a, b int) int { return cmpFloat(rest(b), rest(a)) })
	for _, i := range order[:min(max(left, 0), len(order))] {
		out[i]++
	}
	return out
}
