package console

import "testing"

// Whoever reads a page is told times in words; the file keeps them for machines.
func TestSpokenTimes(t *testing.T) {
	w, err := readWords(wordsFile)
	if err != nil {
		t.Fatal(err)
	}
	c := &Console{words: w}
	for at, want := range map[string]string{"2026-11-22T20:55:24+08:00": "2026年11月22日 20:55", "2026-03-04T09:05:00+08:00": "2026年3月4日 09:05", "2026": "2026", "": ""} {
		if got := c.spoken(at); got != want {
			t.Errorf("%q is read as %q, want %q", at, got, want)
		}
	}
}
