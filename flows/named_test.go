package flows_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/cond"
)

// A player tells which steps a turn skipped and what the names of the condition stood for.
func TestSkipsTellWhatTheyStandOn(t *testing.T) {
	fsys := fstest.MapFS{"ward.yaml": &fstest.MapFile{Data: []byte(`flow: ward
title: 病房
approval: {no: MLR-1, until: 2029-12-31}
steps:
  - id: used
    ask: 用过吗？
    type: yesno
    labels: [用过, 没用过]
  - id: patients
    when: used == yes and beds is empty
    ask: 大约几位患者？
    type: number
  - say: 好的。
  - id: beds
    ask: 有多少张床位？
    type: number
  - end: done
`)}}
	lib, _ := flows.Load(fsys)
	p, err := flows.NewPlayer(lib, "ward", flows.PlayerOptions{Now: time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	p.Start()
	turn := p.Send(flows.Input{Kind: flows.InText, Text: "没用过"})
	want := []flows.Skip{{Step: "patients", Why: "used == yes and beds is empty", At: lib.Flow("ward").Step("patients"), Names: []flows.Named{
		{Name: "beds"}, {Name: "used", Value: cond.Text("no"), Label: "没用过"}}}}
	if d := cmp.Diff(want, turn.Skipped, cmp.Comparer(func(a, b flows.Value) bool { return a == b }), cmp.Comparer(func(a, b *flows.Step) bool { return a == b })); d != "" {
		t.Errorf("skipped (-want +got):\n%s", d)
	}
	if s := lib.Flow("ward").Step("beds"); s.Line() != 14 || s.Name() != "beds" {
		t.Errorf("beds stands at %d as %q", s.Line(), s.Name())
	}
}
