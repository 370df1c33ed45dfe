package console_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/console"
	"github.com/vrep/vrep/store"
)

// photo is a picture as the platform gives it.
func photo(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil))
	return b.Bytes()
}

func TestCodesPage(t *testing.T) {
	s, e, _ := newDoctorSite(t)
	e.picture = photo(t)
	b := s.as(store.RoleAdmin)
	wantHas(t, b.get("/console/scenes"), "还没有二维码", "每位代表一个")
	for _, rep := range []string{"wang", "li"} {
		must(t, s.store.SaveRep(t.Context(), store.Rep{UserID: rep, Name: "代表" + rep, Active: true}))
	}
	if a := b.post("/console/scenes/reps"); a.code != http.StatusSeeOther {
		t.Fatalf("%d", a.code)
	}
	wantHas(t, b.get("/console/scenes"), "已给每位在岗代表建好", "代表wang", "代表li", "一直有效")
	b.post("/console/scenes/reps")
	wantHas(t, b.get("/console/scenes"), "每位在岗的代表都已经有二维码")
	for _, form := range [][]string{
		{"kind", "meeting"}, {"kind", "rep"}, {"kind", "rep", "rep", "nobody"}, {"kind", "bus", "name", "x"}, {"kind", "meeting", "name", "x", "until", "2020-01-01"},
		{"kind", "meeting", "name", "x", "until", "soon"}, {"kind", "meeting", "name", "x", "flow", "none"},
	} {
		if a := b.post("/console/scenes", form...); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "没有建成") {
			t.Errorf("%v: %d", form, a.code)
		}
	}
	day := s.clock.now().AddDate(0, 0, 3).Format(time.DateOnly)
	made := b.post("/console/scenes", "kind", "meeting", "name", "秋季会 签到台/1", "flow", "hello", "until", day, "tags", "秋季会，心内；a")
	if made.code != http.StatusSeeOther {
		t.Fatalf("%d %s", made.code, made.body)
	}
	a := b.get(made.location)
	wantHas(t, a, "秋季会 签到台/1", "你好", "心内", "到", "为止可扫", "从扫码到线索", "下载 PNG")
	if len(e.drawn) != 1 || e.drawn[0] == "for ever" {
		t.Errorf("drawn %v", e.drawn)
	}
	got := b.get(made.location + "/picture?download")
	if _, err := png.Decode(strings.NewReader(got.body)); err != nil || got.header.Get("Content-Type") != "image/png" || !strings.Contains(got.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v %v", err, got.header)
	}
	if len(e.drawn) != 1 {
		t.Errorf("drawn again: %v", e.drawn)
	}
	packed := b.get("/console/scenes/pictures.zip")
	archive, err := zip.NewReader(strings.NewReader(packed.body), int64(len(packed.body)))
	must(t, err)
	var names []string
	for _, f := range archive.File {
		names = append(names, f.Name)
	}
	if len(names) != 3 || !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, "会议-秋季会 签到台-1-") }) {
		t.Errorf("packed %v", names)
	}
	if a := b.post(made.location + "/close"); a.code != http.StatusSeeOther {
		t.Errorf("closing: %d", a.code)
	}
	wantHas(t, b.get(made.location), "已结束", "不再提供图片")
	if a := b.get(made.location + "/picture"); a.code != http.StatusNotFound {
		t.Errorf("picture of a closed code: %d", a.code)
	}
	wantHas(t, b.get("/console/scenes?ended=1&kind=meeting&q=%E7%A7%8B&touch=last"), "秋季会 签到台/1", "已结束")
}

// The doctor's page tells by which code the doctor came, and what was opened.
func TestCodesOnTheDoctorsPage(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	b := s.as(store.RoleAdmin)
	wantHas(t, b.get("/console/doctors/"+store.DoctorID(s.store.Account(), "o-scan")), "来源二维码", "/console/scenes/"+w.code, "第一次扫的码 · 由此关注", "打开资料", "肾病证据综述")
	wantHas(t, b.get("/console/scenes"), "王晓明", "1 人", "新 1")
	wantHas(t, b.get("/console/scenes/"+w.code), "优先派给", "欢迎与登记", "秋季会")
}

// A temporary picture is drawn at the first look, and again a week before its end unless the code itself ends then; a permanent one never again.
func TestCodesAreDrawnAgain(t *testing.T) {
	s, e, _ := newDoctorSite(t)
	b := s.as(store.RoleViewer)
	const day = 24 * time.Hour
	in := func(d time.Duration) int64 { return s.clock.now().Add(d).UnixMilli() }
	for name, try := range map[string]struct {
		permanent       bool
		valid, ticket   int64
		never, wantDraw bool
	}{
		"never drawn": {valid: in(40 * day), never: true, wantDraw: true}, "lasts": {valid: in(40 * day), ticket: in(8 * day)}, "ends soon": {valid: in(40 * day), ticket: in(6 * day), wantDraw: true},
		"ends with the code": {valid: in(6 * day), ticket: in(6 * day)}, "has ended": {valid: in(40 * day), ticket: in(-day), wantDraw: true}, "permanent": {permanent: true},
	} {
		sc, err := s.store.AddScene(t.Context(), store.Scene{Kind: store.SceneMeeting, Name: name, ValidUntil: try.valid, Permanent: try.permanent}, nil)
		must(t, err)
		if !try.never {
			must(t, s.store.KeepTicket(t.Context(), sc.ID, "old", "http://q", try.ticket))
		}
		e.drawn = nil
		for range 2 {
			if a := b.get("/console/scenes/" + sc.ID); a.code != http.StatusOK || !strings.Contains(a.body, "/picture") {
				t.Fatalf("%s: %d", name, a.code)
			}
		}
		if got := len(e.drawn) == 1; got != try.wantDraw || len(e.drawn) > 1 {
			t.Errorf("%s: drawn %v, want %v", name, e.drawn, try.wantDraw)
		}
	}
}

func TestCodesWithoutAPlatform(t *testing.T) {
	s, e, _ := newDoctorSite(t)
	b := s.as(store.RoleAdmin)
	sc, err := s.store.AddScene(t.Context(), store.Scene{Kind: store.SceneMeeting, Name: "会"}, nil)
	must(t, err)
	for fails, word := range map[error]string{console.ErrAccount: "公众号没有配置好", errors.New("away"): "微信平台暂时没有回应"} {
		e.fails = fails
		wantHas(t, b.get("/console/scenes/"+sc.ID), word)
		if a := b.get("/console/scenes/pictures.zip"); a.code != http.StatusServiceUnavailable || !strings.Contains(a.body, word) {
			t.Errorf("%v: archive %d", fails, a.code)
		}
		if a := b.get("/console/scenes/" + sc.ID + "/picture"); a.code != http.StatusServiceUnavailable {
			t.Errorf("%v: picture %d", fails, a.code)
		}
	}
	unset := newSite(t)
	sc, err = unset.store.AddScene(t.Context(), store.Scene{Kind: store.SceneMeeting, Name: "会"}, nil)
	must(t, err)
	wantHas(t, unset.as(store.RoleAdmin).get("/console/scenes/"+sc.ID), "公众号没有配置好")
	viewer := unset.as(store.RoleViewer)
	if a := viewer.post("/console/scenes/" + sc.ID + "/close"); a.code != http.StatusForbidden {
		t.Errorf("a viewer closes: %d", a.code)
	}
}
