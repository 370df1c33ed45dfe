package author

import (
	"cmp"
	"slices"
)

// jump is a way between boxes that takes a lane on the right.
type jump struct {
	from, to *box
	way      Way
	y        float64 // where it leaves
	in       float64 // where it enters
	lane     int
}

// jumps draws the ways on the right: those that end the talk as words, the others through lanes.
func (d *drawing) jumps() []pathway {
	var all []*jump
	var out []pathway
	entered := map[*box]int{}
	for _, b := range d.order {
		for i, w := range b.n.Ways {
			y := b.y + b.h - 10 - float64(len(b.n.Ways)-1-i)*wayHeight
			to := d.target(w)
			if to == nil {
				out = append(out, pathway{points: []float64{b.x + b.w, y, b.x + b.w + 12, y}, label: fitted(w), dashed: w.Dashed})
				continue
			}
			j := &jump{from: b, to: to, way: w, y: y, in: to.y + 8 + float64(entered[to]%3)*5}
			if to.chipY >= 0 { // at the tip of the condition
				j.in = to.chipY + chipHeight(to.n, to.w)/2
			}
			entered[to]++
			all = append(all, j)
		}
	}
	d.assign(all)
	for _, j := range all {
		x := leftSpace + nodeWidth + labelSpace + float64(j.lane+1)*laneWidth
		edge := j.to.x + j.to.w
		out = append(out, pathway{points: []float64{j.from.x + j.from.w, j.y, x, j.y, x, j.in, edge, j.in}, label: wayLabel(j.way, false), dashed: j.way.Dashed, arrow: true})
	}
	return out
}

func (d *drawing) target(w Way) *box {
	for _, b := range d.order {
		if b.n.ID == w.To && w.To != "" && b.n.Class != string(Removed) {
			return b
		}
	}
	return nil
}

// assign gives every jump a lane; those that overlap get different ones, short ones the inner.
func (d *drawing) assign(all []*jump) {
	list := slices.Clone(all)
	slices.SortStableFunc(list, func(a, b *jump) int { return cmp.Compare(a.span(), b.span()) })
	var lanes [][]*jump
	for _, j := range list {
		for j.lane = 0; ; j.lane++ {
			if j.lane == len(lanes) {
				lanes = append(lanes, nil)
			}
			if !slices.ContainsFunc(lanes[j.lane], j.meets) {
				break
			}
		}
		lanes[j.lane] = append(lanes[j.lane], j)
	}
	d.lanes = len(lanes)
}

func (j *jump) span() float64 { return max(j.y, j.in) - min(j.y, j.in) }

func (j *jump) meets(k *jump) bool {
	return min(j.y, j.in) < max(k.y, k.in)+6 && min(k.y, k.in) < max(j.y, j.in)+6
}

// wayLabel is what stands at a way; one that leads out of the drawing names its end.
func wayLabel(w Way, out bool) string {
	label := w.Label
	if colon := phrase("text.colon"); len(label) > len(colon) && label[len(label)-len(colon):] == colon {
		label = label[:len(label)-len(colon)]
	}
	if !out {
		return label
	}
	if label == "" {
		return phrase("text.arrow") + " " + w.Name
	}
	return phrase("chart.to", "x", label, "to", w.Name)
}

// fitted is the label of a way out, with its end in full however long the reason is.
func fitted(w Way) string {
	out := wayLabel(Way{Name: w.Name}, true)
	label := wayLabel(w, false)
	if label == "" {
		return out
	}
	return wrap(label, fontNote, labelSpace-18-measureText(" "+out, fontNote), 1)[0] + " " + out
}
