package master

import (
	"context"
	"slices"

	"github.com/vrep/vrep/store"
)

// known finds what cells name: hospitals, products and rounds of procurement of the master data.
type known struct {
	hospitals map[string][]string // id, name or other name → ids
	names     map[string]string   // id → name
	products  map[string]string   // code, name or generic name → code
	batches   map[string]string
}

// learn reads what a kind refers to.
func (p *plan) learn(ctx context.Context, st *store.Store) error {
	p.known = &known{hospitals: map[string][]string{}, names: map[string]string{}, products: map[string]string{}, batches: map[string]string{}}
	uses := func(kind string) bool {
		return slices.ContainsFunc(p.kind.Columns, func(c Column) bool { return c.Type == kind })
	}
	if uses("hospital") || uses("reps") {
		if err := p.learnHospitals(ctx, st); err != nil {
			return err
		}
	}
	if !uses("product") {
		return nil
	}
	products, err := st.Products(ctx)
	if err != nil {
		return err
	}
	for _, one := range products {
		for _, name := range []string{one.Generic, one.Name, one.ID} {
			p.known.products[name] = one.ID
		}
	}
	batches, err := st.BatchList(ctx)
	for _, one := range batches {
		p.known.batches[one.Name], p.known.batches[one.ID] = one.ID, one.ID
	}
	return err
}

func (p *plan) learnHospitals(ctx context.Context, st *store.Store) error {
	all, err := st.Hospitals(ctx)
	if err != nil {
		return err
	}
	p.provinces = map[string]string{}
	for _, h := range all {
		p.known.add(h.ID, h.Name, h.Names()...)
		p.provinces[h.ID] = h.Province
	}
	if len(all) == 0 {
		for id, name := range p.opt.Hospitals {
			p.known.add(id, name, name)
		}
	}
	return nil
}

func (k *known) add(id, name string, names ...string) {
	k.names[id] = name
	for _, n := range append(names, id) {
		if !slices.Contains(k.hospitals[n], id) {
			k.hospitals[n] = append(k.hospitals[n], id)
		}
	}
}

// hospital finds the one hospital that a text names. A whole name counts before another name; n is how many there are.
func (k *known) hospital(text string) (id string, n int) {
	ids := k.hospitals[text]
	if len(ids) == 1 {
		return ids[0], 1
	}
	var exact []string
	for _, one := range ids {
		if k.names[one] == text || one == text {
			exact = append(exact, one)
		}
	}
	if len(exact) == 1 {
		return exact[0], 1
	}
	return "", len(ids)
}

// hospital reads a column that names a hospital of the master data. Where the column may name others, the text stands in place of the id that is missing.
func (r *record) hospital(name string) (id, label string) {
	text, c := r.text(name)
	if text == "" {
		return "", ""
	}
	id, n := r.p.known.hospital(text)
	switch {
	case id != "":
		return id, r.p.known.names[id]
	case c.Known && n == 0:
		r.wrong(c, "no_hospital", text)
	case c.Known:
		r.wrong(c, "many_hospitals", text, n)
	case n == 0:
		r.p.noteOnce("unknown_hospital", text, r.line, text)
	default:
		r.p.noteOnce("many_hospitals", text, r.line, text, n)
	}
	return "", text
}

// product reads a column that names a product.
func (r *record) product(name string) string {
	text, c := r.text(name)
	code := r.p.known.products[text]
	if text != "" && code == "" {
		r.wrong(c, "no_product", text)
	}
	return code
}

// batch reads a column that names a round of procurement.
func (r *record) batch(name string) string {
	text, c := r.text(name)
	code := r.p.known.batches[text]
	if text != "" && code == "" {
		r.wrong(c, "no_batch", text)
	}
	return code
}
