package sample

import (
	"fmt"
	"strings"

	"github.com/vrep/vrep/store"
)

// Person is one doctor of the sample.
type Person struct {
	store.MasterDoctor
	Follows    bool
	Level      int
	Profile    []Said
	Community  []Said
	Standing   []Said // among colleagues, by the lists of the house
	Tags       []string
	Shares     bool // agreed to be named to a rep
	FollowedAt int64
	TalkedAt   int64 // first visit; 0 = it has not been
	Deeds      []store.Behaviour
	Lead       *store.Lead
	Visit      *store.Visit
}

// Said is one answer.
type Said struct {
	Field, Question, Asked string
	Value, Label           string
}

const dayMS = int64(24 * 60 * 60 * 1000)

// makePeople spreads doctors over the hospitals by their size.
func (w *World) makePeople(n int) {
	used := map[string]bool{}
	for i := range n {
		at := w.dice.weighted(len(w.Hospitals), func(i int) int { return w.sizes[i] })
		p := w.person(i, w.Hospitals[at], w.name(used))
		switch {
		case !w.dice.chance(66): // known from the list of the house only
		default:
			w.follow(&p)
		}
		w.People = append(w.People, p)
	}
}

func (w *World) person(i int, h store.Hospital, name string) Person {
	department, title := w.dice.option(w.words.Departments), w.dice.option(w.words.Titles)
	profession, position := w.words.Professions.Doctor, ""
	if department.Code == "pharmacy" {
		profession, title.Label = w.words.Professions.Pharmacist, w.words.Pharmacists[title.Code]
		if title.Code == "chief" && w.dice.chance(50) {
			position = w.words.Head
		}
	} else {
		for _, o := range w.words.Positions {
			if o.Of == title.Code && w.dice.chance(o.Weight*3) {
				position = o.Label
			}
		}
	}
	d := store.MasterDoctor{
		Key: fmt.Sprintf("SAMPLE-%05d", i+1), Name: name, Hospital: h.ID, HospitalName: h.Name, Department: department.Label, Title: title.Label,
	}
	for _, v := range []struct{ field, code, label string }{
		{"name", name, name}, {"hospital", h.ID, h.Name}, {"province", h.Province, h.Province}, {"department", department.Code, department.Label},
		{"title", title.Code, title.Label}, {"position", position, position}, {"profession", profession, profession},
	} {
		if v.label != "" {
			d.Values = append(d.Values, store.ImportedValue{Field: v.field, Value: text(v.code), Label: v.label})
		}
	}
	return Person{MasterDoctor: d}
}

// follow makes somebody a follower, most of them with a first visit behind them.
func (w *World) follow(p *Person) {
	p.Follows = true
	age := 5 + w.dice.IntN(175)
	p.FollowedAt = w.now.UnixMilli() - int64(age)*dayMS + int64(w.dice.IntN(10*60))*60_000
	switch {
	case w.dice.chance(76):
		p.Level = store.LevelVerified
	case w.dice.chance(60):
		p.Level = store.LevelDeclared
	default:
		return // follows and has not answered yet
	}
	p.TalkedAt = p.FollowedAt + int64(1+w.dice.IntN(30))*60_000
	for _, q := range w.words.Questions {
		if q.Verified && p.Level != store.LevelVerified || w.dice.chance(6) {
			continue
		}
		p.Profile = append(p.Profile, w.answer(p, q))
	}
	w.stand(p)
	if p.Level == store.LevelVerified && w.dice.chance(36) {
		for _, q := range w.words.Community {
			p.Community = append(p.Community, w.answer(p, q))
		}
	}
	wish := p.said("visit_wish")
	p.Shares = (wish == "f2f" || wish == "online") && w.dice.chance(85)
	w.behave(p, age)
	w.lead(p, wish)
}

// stand gives senior doctors a standing among colleagues.
func (w *World) stand(p *Person) {
	title := ""
	for _, v := range p.Values {
		if v.Field == "title" {
			title = strings.Trim(v.Value, `"`)
		}
	}
	tiers := w.words.Academic.Tiers[title]
	if len(tiers) == 0 {
		return
	}
	if tier := w.dice.option(tiers); tier.Code != "" {
		p.Standing = append(p.Standing, Said{Field: "kol_tier", Value: text(tier.Code), Label: tier.Label})
	}
	var codes, labels []string
	for _, role := range w.words.Academic.Roles {
		if w.dice.chance(role.Weight) {
			codes, labels = append(codes, role.Code), append(labels, role.Label)
		}
	}
	if len(codes) > 0 {
		p.Standing = append(p.Standing, Said{Field: "academic_roles", Value: text(codes), Label: strings.Join(labels, "\u3001")})
	}
}

// said is the code that was answered, "" = none.
func (p *Person) said(field string) string {
	for _, s := range p.Profile {
		if s.Field == field {
			return strings.Trim(s.Value, `"`)
		}
	}
	return ""
}

// answer draws an answer and the tags that come with it.
func (w *World) answer(p *Person, q question) Said {
	s := Said{Field: q.Field, Question: q.Question, Asked: q.Asked}
	if q.Number[1] > 0 {
		n := q.Number[0] + w.dice.IntN(q.Number[1]-q.Number[0]+1)
		s.Value, s.Label = text(n), fmt.Sprint(n)
		return s
	}
	picks := 1
	if q.Pick > 1 {
		picks += w.dice.IntN(q.Pick)
	}
	var codes, labels []string
	for len(codes) < picks {
		o := w.dice.option(q.Options)
		if contains(codes, o.Code) {
			continue
		}
		codes, labels = append(codes, o.Code), append(labels, o.Label)
		if o.Tag != "" {
			p.Tags = append(p.Tags, o.Tag)
		}
	}
	s.Value, s.Label = text(codes[0]), strings.Join(labels, "\u3001")
	if q.List || q.Pick > 1 {
		s.Value = text(codes)
	}
	return s
}
