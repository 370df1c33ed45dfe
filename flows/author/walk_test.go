package author_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
	"github.com/vrep/vrep/flows/lint"
)

// TestWalkShipped lets random doctors talk through the shipped flows.
func TestWalkShipped(t *testing.T) {
	lib := shipped(t)
	opt := author.WalkOptions{Talks: 700, Seed: 1, Now: testNow()}
	res, err := author.Walk(t.Context(), lib, opt)
	if err != nil {
		t.Fatal(err)
	}
	if f := res.Failure; f != nil {
		t.Fatalf("%s, talk %d of %s:\n%s", f.Why, f.Talk, f.Flow, f.Case)
	}
	if res.Talks != opt.Talks || res.Turns < 10*opt.Talks {
		t.Errorf("%d talks, %d turns", res.Talks, res.Turns)
	}
	for group, least := range map[string]int{"steps": 95, "choices": 95, "branches": 90, "refusals": 60} {
		if hit, all := res.Coverage.Share("", group); 100*hit < least*all {
			t.Errorf("random doctors came past %d of %d %s", hit, all, group)
		}
	}
	again, err := author.Walk(t.Context(), lib, opt)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int{res.Talks, res.Turns}, []int{again.Talks, again.Turns}); d != "" {
		t.Errorf("the same seed gave other talks:\n%s", d)
	}
}

// TestWalkFinds plants what no talk may have and wants it found, named, and shown by a short case that a test file can take.
func TestWalkFinds(t *testing.T) {
	for name, c := range map[string]struct{ steps, why string }{
		"too long":    {"  - id: a\n    ask: 请说。\n    type: number\n    retry: [\"没有听懂“${answer}”。\"]\n    on_fail: skip\n", "字节"},
		"no answer":   {"  - id: b\n    ask: 几个？\n    type: number\n    range: 1..5\n    check: [{when: b < 9, say: 不对。}]\n    on_fail: skip\n", "b 怎么答都不接受"},
		"own options": {"  - id: c\n    ask: 哪个？\n    type: many\n    pick: 1\n    choices:\n      - x: 甲\n      - y: 乙\n      - z: {label: 丙, aka: [\"2\"]}\n    on_fail: skip\n", ""},
	} {
		files := fstest.MapFS{"f.yaml": {Data: []byte("flow: f\ntitle: 试\nsteps:\n" + c.steps + "  - say: 谢谢\n  - end: done\n")}}
		lib, ps := flows.Load(files)
		if len(lint.Errors(ps)) > 0 {
			t.Fatalf("%s: %s", name, ps[0].Text())
		}
		res, err := author.Walk(t.Context(), lib, author.WalkOptions{Talks: 2000, Seed: 3, Now: testNow()})
		switch {
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case c.why == "":
			if res.Failure != nil {
				t.Errorf("%s: %s\n%s", name, res.Failure.Why, res.Failure.Case)
			}
		case res.Failure == nil || !strings.Contains(res.Failure.Why, c.why):
			t.Errorf("%s: found %+v", name, res.Failure)
		default:
			if n := strings.Count(res.Failure.Case, "\n"); n > 12 {
				t.Errorf("%s: %d lines are not the shortest talk:\n%s", name, n, res.Failure.Case)
			}
			test, err := author.AppendCase(nil, "f", res.Failure.Case)
			if err != nil {
				t.Fatal(err)
			}
			rep := flows.RunTests(fstest.MapFS{"tests/f.test.yaml": {Data: test}}, lib, flows.TestOptions{Now: testNow()})
			if rep.Cases != 1 || !rep.OK() {
				t.Errorf("%s: the case does not play as it was found: %+v\n%s", name, rep.Problems, test)
			}
		}
	}
}

// TestWalkEnds: nothing to walk through is an error, and a context ends a walk.
func TestWalkEnds(t *testing.T) {
	lib := shipped(t)
	if _, err := author.Walk(t.Context(), lib, author.WalkOptions{Flows: []string{"nowhere"}, Talks: 1, Now: testNow()}); !errors.Is(err, author.ErrNoSuchFlow) {
		t.Errorf("an unknown flow: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	res, err := author.Walk(ctx, lib, author.WalkOptions{Flows: []string{"hello"}, Talks: 1000, Now: testNow()})
	if err != nil || res.Talks != 0 {
		t.Errorf("%v, %+v", err, res)
	}
}

// everyType has a question of every type, limits from earlier answers, loops inside loops and a split.
const everyType = `flow: f
title: 各种题
steps:
  - id: base
    ask: 是否同意？
    type: consent
    policy: p1
    choices: [{agree: 同意}, {refuse: {label: 不同意, goto: stop}}]
    on_fail: stop
  - split: wording
    arms: {a: 1, b: 1}
  - when: wording == a
    say: 甲组
  - {id: many, ask: 哪些？, type: many, pick: 1..2, choices: [{x: 红}, {y: 绿}, {z: {label: 都不是, only: true, last: true}}], shuffle: true, on_fail: skip}
  - {id: order, ask: 排一排, type: rank, choices: [{p: 一号药}, {q: 二号药}, {r: 三号药}], on_fail: skip}
  - {id: low, ask: 最少几个？, type: number, range: 1..50, on_fail: skip}
  - {id: high, ask: 最多几个？, type: number, range: low..60, unknown: {label: 说不好, probe: 大概也行}, on_fail: skip, when: low is not empty}
  - {id: part, ask: 占几成？, type: percent, on_fail: skip}
  - {id: long, ask: 多久？, type: duration, range: 10m..2h, on_fail: skip}
  - {id: rate, ask: 打几分？, type: scale, range: 0..10, ends: [不会, 一定会], on_fail: skip}
  - {id: when_ok, ask: 哪天？, type: datetime, future: 1d..30d, hours: "08:00-18:00", on_fail: skip, required: false}
  - {id: began, ask: 哪天开始的？, type: date, past: true, on_fail: skip}
  - {id: tel, ask: 电话？, type: phone, on_fail: skip}
  - {id: code, ask: 编号？, type: text, pattern: '^[A-Z]{2}-\\d{3,5}$', on_fail: skip}
  - {id: pic, ask: 请发一张图, type: image, on_fail: skip}
  - {id: place, ask: 在哪里？, type: location, on_fail: skip}
  - id: each
    block: {for_each: many, as: colour}
    steps:
      - {id: use, ask: "用过${colour}吗？", type: yesno, on_fail: skip}
      - id: inner
        block: {another: 还有吗？, max: 3}
        steps:
          - {id: note, ask: 说一句, type: text, length: 2..40, on_fail: skip}
  - say: 谢谢
  - end: done
`

// TestWalkEveryType lets random doctors through every type of question.
func TestWalkEveryType(t *testing.T) {
	lib, ps := flows.Load(fstest.MapFS{"f.yaml": {Data: []byte(everyType)}})
	for _, p := range lint.Errors(ps) {
		t.Fatal(p.Text())
	}
	res, err := author.Walk(t.Context(), lib, author.WalkOptions{Talks: 600, Seed: 5, Now: testNow()})
	if err != nil {
		t.Fatal(err)
	}
	if f := res.Failure; f != nil {
		t.Fatalf("%s, talk %d:\n%s", f.Why, f.Talk, f.Case)
	}
	if hit, all := res.Coverage.Share("f", "steps"); hit != all {
		t.Errorf("%d of %d steps: %+v", hit, all, res.Coverage.Missing("f", "steps"))
	}
}

// A talk that nobody can end fails after a bounded number of turns, and looking for a shorter one comes to an end too.
func TestWalkFindsTalksWithoutEnd(t *testing.T) {
	const endless = `flow: f
title: 试
steps:
  - id: outer
    block: {times: 20, max: 20}
    steps:
      - id: inner
        block: {times: 20, max: 20}
        steps:
          - {id: a, ask: 几个？, type: number, range: 1..5, on_fail: skip}
          - {id: b, ask: 还有几个？, type: number, range: 1..5, on_fail: skip}
  - end: done
`
	lib, ps := flows.Load(fstest.MapFS{"f.yaml": {Data: []byte(endless)}})
	if lib == nil {
		t.Fatal(ps)
	}
	res, err := author.Walk(t.Context(), lib, author.WalkOptions{Talks: 10, Seed: 1, Now: testNow()})
	if err != nil {
		t.Fatal(err)
	}
	if res.Failure == nil || !strings.Contains(res.Failure.Why, "结尾") || strings.Count(res.Failure.Case, "me:") > 30 {
		t.Fatalf("found %+v", res.Failure)
	}
}

// Doctors of another language are talked to in it.
func TestWalkInAnotherLanguage(t *testing.T) {
	lib, ps := flows.Load(os.DirFS("../testdata/sample"))
	for _, p := range lint.Errors(ps) {
		t.Fatal(p.Text())
	}
	opt := author.WalkOptions{Talks: 200, Seed: 2, Lang: "en", Now: testNow()}
	res, err := author.Walk(t.Context(), lib, opt)
	if err != nil {
		t.Fatal(err)
	}
	if f := res.Failure; f != nil {
		t.Errorf("%s, talk %d of %s:\n%s", f.Why, f.Talk, f.Flow, f.Case)
	}
	opt.Lang = "fr"
	if _, err := author.Walk(t.Context(), lib, opt); !errors.Is(err, flows.ErrLanguage) {
		t.Errorf("an unknown language: %v", err)
	}
}
