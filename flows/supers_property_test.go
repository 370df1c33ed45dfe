package flows

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vrep/vrep/flows/cond"
)

// TestSuperLinesAddUp: whatever is known of a doctor, the lines of every lens add up to its points, points and dimensions lie in 0 to 100, every line says
// why and on what evidence, whoever stands anywhere has a next step, and the same dossier gives the same.
func TestSuperLinesAddUp(t *testing.T) {
	lib := shippedSupers(t)
	fields := map[string][]string{"quiz_label": {"right", "wrong", "unsure"}, "ladder": stages, "title": {"chief", "deputy", "resident"}, "position": {"科主任"},
		"kol_tier": {"national", "province", "city", "none"}, "access_role": {"pharmacy", "mgmt", "clinician"}, "department": {"pharmacy", "cardiology"},
		"emotional_channel": {"peer", "teach"}, "career_stage": {"lead"}, "depth_wish": {"case", "teach"}, "recruit_class": {"quiet", "dual"}}
	rapid.Check(t, func(t *rapid.T) {
		d := super(func(d *Dossier) { d.Profile, d.Did = map[string]Known{}, nil })
		for _, f := range sortedKeys(fields) {
			if rapid.Bool().Draw(t, f) {
				set(&d, f, rapid.SampledFrom(fields[f]).Draw(t, f+"="))
			}
		}
		for _, f := range []string{"nps_company", "aff_trust", "aff_share"} {
			if rapid.Bool().Draw(t, f) {
				d.Profile[f] = Known{Value: cond.Number(float64(rapid.IntRange(-3, 14).Draw(t, f+"=")))}
			}
		}
		if roles := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"guideline", "research", "speaker", "committee"}), rapid.ID[string]).Draw(t, "roles"); len(roles) > 0 {
			d.Profile["academic_roles"] = Known{Value: cond.List(roles...)}
		}
		for range rapid.IntRange(0, 12).Draw(t, "deeds") {
			d.Did = append(d.Did, Did{Kind: rapid.SampledFrom(didKinds).Draw(t, "kind"), At: ago(rapid.IntRange(0, 200).Draw(t, "ago"))})
		}
		d.Hospital.Access["sample_sartan"] = Access{State: rapid.SampledFrom([]string{"", "intent", "bought"}).Draw(t, "state"), Decile: rapid.IntRange(0, 10).Draw(t, "decile")}
		d.Lives["sample_sartan"] = rapid.SampledFrom(append([]string{""}, productLives...)).Draw(t, "life")
		d.Level = rapid.SampledFrom([]int{0, 1, 2, 2, 2, 9}).Draw(t, "level")
		d.OptedOut = rapid.IntRange(0, 9).Draw(t, "out") == 0
		d.Supers["sample_sartan"] = SuperStand{Status: rapid.SampledFrom([]string{"", SuperNear, SuperCandidate, SuperConfirmed, SuperRefused, SuperDropped}).Draw(t, "status"),
			Card: rapid.Bool().Draw(t, "card"), Touched: rapid.Bool().Draw(t, "touched"), Review: ago(rapid.IntRange(-200, 200).Draw(t, "review"))}
		if rapid.IntRange(0, 9).Draw(t, "asked") == 0 {
			d.Benefit = ago(3)
		}
		f := supersFound(lib, d)
		for _, s := range f.Scores {
			checkSuperScore(t, s)
		}
		for _, p := range f.Parts {
			if p.Value < 0 || p.Value > 100 {
				t.Fatalf("%s: %d", p.Dimension, p.Value)
			}
		}
		if f.Status != "" && (f.Next.Say == "" || f.Stage == "") {
			t.Fatalf("%s in stage %q has no next step", f.Status, f.Stage)
		}
		if f.Status == SuperConfirmed && d.Supers["sample_sartan"].Status != SuperConfirmed {
			t.Fatal("confirmed by a rule")
		}
		if diff := cmp.Diff(f, supersFound(lib, d)); diff != "" {
			t.Fatalf("derived again:\n%s", diff)
		}
	})
}

func checkSuperScore(t *rapid.T, s SuperScore) {
	sum := 0
	for _, l := range s.Lines {
		if l.Points <= 0 || l.Why == "" || l.Evidence == "" || l.Group == "" {
			t.Fatalf("%s: a line without points, reason or evidence: %+v", s.Lens, l)
		}
		sum += l.Points
	}
	if sum != s.Points || s.Points < 0 || s.Points > 100 {
		t.Fatalf("%s has %d points, lines add up to %d", s.Lens, s.Points, sum)
	}
}
