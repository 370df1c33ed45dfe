package flows

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// line is a fixed line as a pattern: its placeholders are groups, what may be absent is optional.
func linePattern(x *Text) *regexp.Regexp {
	var b strings.Builder
	b.WriteString("^")
	open := map[int]int{}
	for i, p := range x.parts {
		for range open[i] {
			b.WriteString(")?")
		}
		switch {
		case p.lit != "":
			b.WriteString(regexp.QuoteMeta(p.lit))
		case p.skip > 0:
			b.WriteString("(?:")
			open[p.skip]++
		default:
			b.WriteString("(?P<hole>.*?)")
		}
	}
	for range open[len(x.parts)] {
		b.WriteString(")?")
	}
	b.WriteString("$")
	return regexp.MustCompile(b.String())
}

// TestRefusalsAreWhole: no refusal is ever said with a placeholder that is empty or a blank too many, whatever keys the question has; and every
// refusal of the defaults is said by something.
func TestRefusalsAreWhole(t *testing.T) {
	questions := map[string][]string{
		"one":      {"choices: [{a: 主任医师}, {b: 副主任医师}, {c: 手术}]"},
		"many":     {"choices: [{a: 主任医师}, {b: 副主任医师}, {c: 都不是}]", "pick: 2..2, choices: [{a: 甲项}, {b: 乙项}, {c: 丙项}]", "choices: [{a: 甲项}, {b: {label: 都没有, only: true}}]"},
		"yesno":    {"", "labels: [用过, 没用过]"},
		"consent":  {"policy: p1"},
		"scale":    {"range: 0..10", "range: 1..5, ends: [低, 高]"},
		"number":   {"", "step: 0.5", "step: 10", "unit: 位", "range: 1..9", "range: 1..", "range: ..9", "unit: 位, range: 1..9"},
		"text":     {"", "length: 2..4", "length: 2..", "length: ..3", "pattern: \"^[a-z]+$\"", "save: profile.name"},
		"phone":    {"", "landline: true"},
		"date":     {"", "range: 2026-03-01..2026-03-20", "range: 2026-03-10..", "range: ..2026-01-01", "past: true", "future: true", "future: 1d..60d"},
		"datetime": {"", "hours: 08:00-18:00", "future: 1d..60d"},
		"lookup":   {"list: places"},
		"rank":     {"choices: [{a: 甲项}, {b: 乙项}, {c: 丙项}]", "pick: 2, choices: [{a: 甲项}, {b: 乙项}, {c: 丙项}]"},
		"percent":  {"", "range: 10..50", "step: 10"},
		"duration": {"", "range: 30m..3h, unit: 分钟", "step: 30m", "range: 10m..", "range: ..1h"},
		"image":    {""}, "voice": {""}, "location": {""},
	}
	answers := []string{"", "？", "不知道啊", "医师", "主任", "1、2、3", "1", "5", "9", "99", "0", "-5", "3.5", "5公斤", "50%", "5-10", "几十个", "每周5个", "a", "长长的一段文字",
		"1380013800", "138001380001", "2月30日", "明天3点", "明天20点", "3点", "下个月", "昨天", "明天", "周三", "农历初五", "3月5日周一", "2030-01-01", "1990-01-01", "嗯", "1、都没有", "甲项、都没有", "协和", "90分钟", "5分钟", "3.2", "40%", "35%", "1天", "明天上午", "明天晚上3点"}
	said := map[string]bool{}
	for typ, variants := range questions {
		for _, keys := range variants {
			lib := mustLoad(t, fstest.MapFS{
				"lists/places.yaml": {Data: []byte("list: places\nitems:\n  - a: 一院\n  - b: 二院\n")},
				"q.yaml":            {Data: []byte(fmt.Sprintf("flow: q\nsteps:\n  - {id: a, ask: 请答, type: %s, max_retry: 20, on_fail: stop, %s}\n  - end: done\n", typ, keys))}})
			e := &Engine{lib: lib, watch: true, solo: true}
			for _, text := range answers {
				k := newTalker(t, e)
				k.step(Input{Kind: InStart, Key: "q"})
				out := k.say(text)
				if out.Accepted {
					continue
				}
				wholeLine(t, lib, out.Says[0], said, typ+" "+keys+" "+text)
			}
		}
	}
	for key := range mustLoad(t, fstest.MapFS{}).config.retries {
		if !said[key] {
			t.Errorf("nothing says %s", key)
		}
	}
}

// wholeLine looks for the refusal that was said and notes it.
func wholeLine(t *testing.T, lib *Library, line string, said map[string]bool, what string) {
	t.Helper()
	if strings.Contains(line, "  ") {
		t.Errorf("%s: two blanks in %q", what, line)
	}
	holes := false
	for key, texts := range lib.config.retries {
		for _, x := range texts {
			m := linePattern(x).FindStringSubmatch(line)
			if m == nil {
				continue
			}
			whole := true
			for i, name := range linePattern(x).SubexpNames() {
				whole = whole && (name == "" || strings.TrimSpace(m[i]) != "" || strings.Contains(x.src, "${if"))
			}
			if whole {
				said[key] = true
				return
			}
			holes = true
		}
	}
	if holes {
		t.Errorf("%s: a hole in %q", what, line)
	}
}
