package flows

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vrep/vrep/flows/cond"
)

// shippedSupers is the shipped folder.
func shippedSupers(t testing.TB) *Library {
	t.Helper()
	lib, ps := Load(os.DirFS("library"))
	if lib == nil {
		t.Fatal(ps)
	}
	return lib
}

// super is a doctor who knows and likes the product, with a part changed.
func super(change func(d *Dossier)) Dossier {
	d := Dossier{Doctor: "d", Level: 2, Followed: true, Consents: map[string]Consented{"base": {Policy: "v"}, "push": {Policy: "v"}},
		Profile: map[string]Known{
			"quiz_label": {Value: textValue("right")}, "ladder": {Value: textValue("A4")}, "nps_company": {Value: cond.Number(9)}, "aff_trust": {Value: cond.Number(5)},
			"aff_share": {Value: cond.Number(4)}, "title": {Value: textValue("chief")}, "emotional_channel": {Value: textValue("peer")},
			"values": {Value: cond.List("rct")}, "career_stage": {Value: textValue("lead")},
		},
		Hospital: Place{ID: "h", Access: map[string]Access{"sample_sartan": {State: "bought", Drug: "yes", Decile: 8}}},
		Did:      []Did{{Kind: "ask", At: ago(20)}, {Kind: "attend", At: ago(10)}, {Kind: "read", At: ago(5)}},
		Supers:   map[string]SuperStand{}, Lives: map[string]string{},
	}
	if change != nil {
		change(&d)
	}
	return d
}

func supersFound(lib *Library, d Dossier) SuperFound {
	f := Derive(lib, &d, noonOf)
	return f.Supers["sample_sartan"]
}

func (f SuperFound) score(lens string) SuperScore {
	for _, s := range f.Scores {
		if s.Lens == lens {
			return s
		}
	}
	return SuperScore{}
}

func (f SuperFound) part(dimension string) int {
	for _, p := range f.Parts {
		if p.Dimension == dimension {
			return p.Value
		}
	}
	return -1
}

func set(d *Dossier, field, value string) { d.Profile[field] = Known{Value: textValue(value)} }

// TestS2_08_StandingIsNotSuper: national standing alone does not make a super customer, and a super customer needs no standing.
func TestS2_08_StandingIsNotSuper(t *testing.T) {
	lib := shippedSupers(t)
	famous := supersFound(lib, super(func(d *Dossier) {
		set(d, "kol_tier", "national")
		set(d, "quiz_label", "wrong")
		d.Profile["nps_company"] = Known{Value: cond.Number(2)}
	}))
	if famous.Status == SuperCandidate {
		t.Errorf("standing alone: %s with %d", famous.Status, famous.Best)
	}
	if plain := supersFound(lib, super(nil)); plain.Status != SuperCandidate {
		t.Errorf("without standing: %s with %d, gate %s", plain.Status, plain.Best, plain.Reason)
	}
}

// TestS2_12_ThreeRoutes: institution, knowledge and affinity are three routes, each scored and explained by itself.
func TestS2_12_ThreeRoutes(t *testing.T) {
	f := supersFound(shippedSupers(t), super(nil))
	for _, route := range []string{"sales", "knowledge", "affinity"} {
		why := ""
		for _, l := range f.score("sales").Lines {
			if l.Group == route {
				why += l.Why + l.Evidence
			}
		}
		if f.part(route) <= 0 || why == "" {
			t.Errorf("%s: %d %q", route, f.part(route), why)
		}
	}
}

// TestS2_13_FourStages: a doctor goes through finding, understanding, influencing, relying, each with a next step of its own.
func TestS2_13_FourStages(t *testing.T) {
	lib := shippedSupers(t)
	with := func(stand SuperStand, change func(*Dossier)) SuperFound {
		return supersFound(lib, super(func(d *Dossier) {
			d.Supers["sample_sartan"] = stand
			if change != nil {
				change(d)
			}
		}))
	}
	for _, c := range []struct {
		want string
		f    SuperFound
	}{
		{"find", with(SuperStand{}, func(d *Dossier) { delete(d.Profile, "quiz_label") })},
		{"understand", with(SuperStand{}, nil)},
		{"understand", with(SuperStand{Status: SuperConfirmed}, nil)},
		{"influence", with(SuperStand{Status: SuperConfirmed, Card: true}, nil)},
		{"rely", with(SuperStand{Status: SuperConfirmed, Card: true}, func(d *Dossier) {
			set(d, "depth_wish", "case")
			d.Influences = []Influenced{{Kind: "shared", At: ago(30)}}
		})},
		{"asleep", with(SuperStand{Status: SuperConfirmed, Card: true}, func(d *Dossier) { d.Did = nil })},
	} {
		if c.f.Stage != c.want || c.f.Next.Say == "" {
			t.Errorf("stage %s, want %s, next %q", c.f.Stage, c.want, c.f.Next.Say)
		}
	}
}

// TestS2_14_SalesOfTheInstitutionOnly: two doctors of one hospital have the same figure of sales, and no rule may look at anything else.
func TestS2_14_SalesOfTheInstitutionOnly(t *testing.T) {
	lib := shippedSupers(t)
	busy := supersFound(lib, super(func(d *Dossier) { set(d, "patient_band", "ge80") }))
	quiet := supersFound(lib, super(func(d *Dossier) {
		set(d, "patient_band", "lt10")
		d.Profile["nps_company"] = Known{Value: cond.Number(1)}
	}))
	if busy.part("sales") != 80 || quiet.part("sales") != 80 {
		t.Errorf("two figures in one hospital: %d and %d", busy.part("sales"), quiet.part("sales"))
	}
	src := lib.RulesFiles()[classesFile]
	for _, of := range []string{"usage", "profile.nps_company", `"count(read, 90d)"`} {
		next, _ := lib.WithRules(classesFile, strings.Replace(src, "of: access.decile", "of: "+of, 1))
		if next == nil {
			t.Fatal("does not load")
		}
		found := false
		for _, p := range Lint(next, noonOf) {
			found = found || p.Code == "C512"
		}
		if !found {
			t.Errorf("sales by %s pass lint", of)
		}
	}
}

// TestS2_15_Knowledge: what is known of the label and how far the product is used make up knowledge.
func TestS2_15_Knowledge(t *testing.T) {
	lib := shippedSupers(t)
	for ladder, want := range map[string]int{"A0": 60, "A3": 80, "A6": 100} {
		if got := supersFound(lib, super(func(d *Dossier) { set(d, "ladder", ladder) })).part("knowledge"); got != want {
			t.Errorf("%s with the right answer: %d, want %d", ladder, got, want)
		}
	}
	wrong := supersFound(lib, super(func(d *Dossier) { set(d, "quiz_label", "wrong") }))
	if wrong.part("knowledge") != 27 || wrong.Reason != "knowledge" || wrong.Status == SuperCandidate {
		t.Errorf("a wrong answer: %d, %s, %s", wrong.part("knowledge"), wrong.Reason, wrong.Status)
	}
}

// TestS2_16_Affinity: company and product are weighed apart; what the doctor does unasked counts, and affinity is a gate: volume without it is not enough.
func TestS2_16_Affinity(t *testing.T) {
	lib := shippedSupers(t)
	company, product := false, false
	for _, l := range supersFound(lib, super(nil)).score("sales").Lines {
		company = company || l.Group == "affinity" && l.Feature == "profile.nps_company"
		product = product || l.Group == "affinity" && l.Feature == "profile.aff_trust"
	}
	if !company || !product {
		t.Errorf("company %v, product %v", company, product)
	}
	silent := supersFound(lib, super(func(d *Dossier) { d.Did = nil }))
	if silent.part("affinity") >= supersFound(lib, super(nil)).part("affinity") {
		t.Error("questions and meetings count nothing")
	}
	cold := supersFound(lib, super(func(d *Dossier) {
		d.Profile["nps_company"], d.Did = Known{Value: cond.Number(3)}, nil
		d.Hospital.Access["sample_sartan"] = Access{Decile: 10}
	}))
	if cold.Status == SuperCandidate || cold.Reason != "affinity" {
		t.Errorf("volume without affinity: %s, gate %s", cold.Status, cold.Reason)
	}
}

// TestS2_17_ThreePanels: while one of reason, feeling and situation is empty, the next step asks for it; then the card is written.
func TestS2_17_ThreePanels(t *testing.T) {
	lib := shippedSupers(t)
	for field, want := range map[string]string{"emotional_channel": "ask_feeling", "career_stage": "ask_stage", "": "card"} {
		f := supersFound(lib, super(func(d *Dossier) { delete(d.Profile, field) }))
		if f.Next.Code != want {
			t.Errorf("without %q: %s, want %s", field, f.Next.Code, want)
		}
	}
}

// TestS2_19_ChannelDrivesTone: what a doctor cares about decides how to speak and what to bring.
func TestS2_19_ChannelDrivesTone(t *testing.T) {
	info := shippedSupers(t).Supers()
	seen := map[string]bool{}
	for _, c := range info.Channels {
		if c.Tone == "" || c.Gesture == "" || seen[c.Tone] || seen[c.Gesture] {
			t.Errorf("%s: %q, %q", c.Code, c.Tone, c.Gesture)
		}
		seen[c.Tone], seen[c.Gesture] = true, true
	}
	if len(info.Channels) != 5 {
		t.Errorf("%d channels", len(info.Channels))
	}
	lib := shippedSupers(t)
	next := func(channel string) string {
		return supersFound(lib, super(func(d *Dossier) {
			set(d, "emotional_channel", channel)
			set(d, "depth_wish", "case")
			d.Supers["sample_sartan"] = SuperStand{Status: SuperConfirmed, Card: true}
		})).Next.Say
	}
	if next("peer") == next("teach") {
		t.Errorf("peer and teach get the same: %s", next("peer"))
	}
}

// TestS2_22_MaterialInterest: whoever asked for a benefit is dropped, whatever the points; no rule opens this gate, and back in place nobody is confirmed.
func TestS2_22_MaterialInterest(t *testing.T) {
	lib := shippedSupers(t)
	asked := func(status string) SuperFound {
		return supersFound(lib, super(func(d *Dossier) {
			d.Benefit = ago(1)
			d.Supers["sample_sartan"] = SuperStand{Status: status, Card: true, Touched: true}
		}))
	}
	for _, status := range []string{SuperConfirmed, SuperCandidate, SuperNear, SuperRefused} {
		if f := asked(status); f.Status != SuperDropped || f.Reason != GateMaterial {
			t.Errorf("%s: %s, %s", status, f.Status, f.Reason)
		}
	}
	if back := supersFound(lib, super(func(d *Dossier) { d.Supers["sample_sartan"] = SuperStand{Status: SuperDropped, Touched: true} })); back.Status != SuperCandidate {
		t.Errorf("set aside: %s", back.Status)
	}
}

// TestS2_23_Participation: the ladder of participation goes from reading to creating together.
func TestS2_23_Participation(t *testing.T) {
	lib := shippedSupers(t)
	for want, change := range []func(d *Dossier){
		func(d *Dossier) {},
		func(d *Dossier) { d.Did = []Did{{Kind: "open", At: ago(1)}} },
		func(d *Dossier) { d.Did = []Did{{Kind: "rate", At: ago(1)}} },
		func(d *Dossier) { d.Did = []Did{{Kind: "attend", At: ago(1)}} },
		func(d *Dossier) { d.Did = []Did{{Kind: "ask", At: ago(1)}} },
		func(d *Dossier) { set(d, "depth_wish", "case") },
		func(d *Dossier) { set(d, "depth_wish", "teach") },
		func(d *Dossier) { d.Profile["cocreate"] = Known{Value: cond.List("rws")} },
	} {
		d := super(func(d *Dossier) { d.Did = nil; change(d) })
		if f := Derive(lib, &d, noonOf); f.Depth != want {
			t.Errorf("depth %d, want %d", f.Depth, want)
		}
	}
}

// TestS2_26_PlanOfTwelveMonths: from every stage there is a plan for twelve months that begins with the next step and holds the reviews.
func TestS2_26_PlanOfTwelveMonths(t *testing.T) {
	lib := shippedSupers(t)
	for _, stage := range superStages {
		plan := lib.SuperPlan(stage, SuperStep{Code: "own", Say: "一步"}, noonOf.AddDate(0, 0, 5), noonOf.AddDate(0, 0, 90), noonOf)
		reviews := 0
		for i, s := range plan {
			if s.Review {
				reviews++
			} else if s.Say == "" {
				t.Errorf("%s: step %d is empty", stage, i)
			}
			if i > 0 && s.At.Before(plan[i-1].At) || s.At.After(noonOf.AddDate(1, 0, 0)) {
				t.Errorf("%s: step %d at %v", stage, i, s.At)
			}
		}
		if len(plan) < 5 || plan[0].Say != "一步" || reviews != 2 {
			t.Errorf("%s: %d steps, %d reviews", stage, len(plan), reviews)
		}
	}
}

// TestS2_34_Strength: a relation grows from weak to strong by what is done together, and fades.
func TestS2_34_Strength(t *testing.T) {
	lib := shippedSupers(t)
	for want, d := range map[string]Dossier{
		"weak": super(func(d *Dossier) { d.Did = nil }),
		"mid":  super(nil),
		"strong": super(func(d *Dossier) {
			set(d, "depth_wish", "case")
			d.Supers["sample_sartan"] = SuperStand{Status: SuperConfirmed}
		}),
	} {
		if got := supersFound(lib, d).Strength; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestS2_37_LifeOfTheProduct: the stage of a product's life shifts the weights of every department, which stay 100 in all.
func TestS2_37_LifeOfTheProduct(t *testing.T) {
	lib := shippedSupers(t)
	at := func(life string) SuperScore {
		return supersFound(lib, super(func(d *Dossier) { d.Lives["sample_sartan"] = life })).score("sales")
	}
	launch, vbp, grown := at("launch"), at("vbp"), at("growth")
	if launch.Weights["sales"] >= grown.Weights["sales"] || launch.Weights["knowledge"] <= grown.Weights["knowledge"] {
		t.Errorf("launch %v, growth %v", launch.Weights, grown.Weights)
	}
	if vbp.Weights["access"] <= grown.Weights["access"] || cmp.Equal(launch.Points, grown.Points) {
		t.Errorf("vbp %v, growth %v; points %d, %d", vbp.Weights, grown.Weights, launch.Points, grown.Points)
	}
	for _, life := range productLives {
		sum := 0
		for _, w := range at(life).Weights {
			sum += w
		}
		if sum < 98 || sum > 102 {
			t.Errorf("%s: weights add up to %d", life, sum)
		}
	}
}

// TestS2_38_LensesDiffer: three departments and a fourth rank two doctors differently, each by its own weights, tags and list.
func TestS2_38_LensesDiffer(t *testing.T) {
	lib := shippedSupers(t)
	info := lib.Supers()
	if len(info.Lenses) < 3 {
		t.Fatalf("%d lenses", len(info.Lenses))
	}
	for _, l := range info.Lenses {
		if len(l.Tags) == 0 || len(l.Weights) == 0 {
			t.Errorf("%s has no tags or weights of its own", l.Code)
		}
	}
	seller := supersFound(lib, super(func(d *Dossier) { d.Hospital.Access["sample_sartan"] = Access{Decile: 10} }))
	gate := supersFound(lib, super(func(d *Dossier) {
		set(d, "access_role", "pharmacy")
		d.Profile["academic_roles"] = Known{Value: cond.List("committee")}
		d.Hospital.Access["sample_sartan"] = Access{Decile: 3, State: "scheduled"}
	}))
	if seller.score("sales").Points <= gate.score("sales").Points || seller.score("ga").Points >= gate.score("ga").Points {
		t.Errorf("sales %d and %d, access %d and %d", seller.score("sales").Points, gate.score("sales").Points, seller.score("ga").Points, gate.score("ga").Points)
	}
	if seller.score("ga").Listed || !gate.score("ga").Listed {
		t.Error("the list of access takes everybody")
	}
	if info.LensOf("access").Code != "ga" || info.LensOf("medical").Code != "medical" || info.LensOf("admin").Code != info.Lenses[0].Code {
		t.Error("lenses of roles")
	}
}
