package store_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vrep/vrep/bot/insight"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/library"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

var segmentRuns = flag.Int("segments", 150, "random segments of the agreement test")

// pick takes one of several.
func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// someDoctors writes doctors of every kind of row that segments look at.
func someDoctors(t *testing.T, s *store.Store, r *rand.Rand, n int) []string {
	t.Helper()
	db := s.DB(t.Context())
	now := s.Now()
	day := int64(24 * time.Hour / time.Millisecond)
	rows := []any{}
	add := func(v any) { rows = append(rows, v) }
	hospitals := []string{"h0", "h1", "h2", "h3"}
	for i, id := range hospitals {
		add(&store.Hospital{ID: id, Account: storetest.Account, Name: id, Level: pick(r, "3a", "2a", ""), Grade: pick(r, "tertiary", "city", "county", ""),
			Province: pick(r, "浙江", "江苏", ""), City: pick(r, "杭州", "南京", ""), Aliases: "[]"})
		if i > 0 {
			add(&store.HospitalAccess{Hospital: id, Product: "sample_sartan", Account: storetest.Account, State: pick(r, "untouched", "admitted", ""),
				Drug: pick(r, "yes", "no", ""), Decile: r.IntN(11)})
		}
	}
	var ids []string
	for i := range n {
		id := store.DoctorID(storetest.Account, fmt.Sprintf("p%d", i))
		ids = append(ids, id)
		add(&store.Doctor{ID: id, Account: storetest.Account, OpenID: fmt.Sprintf("p%d", i), Level: pick(r, 0, 1, 2, 9), Followed: r.IntN(3) > 0,
			Hospital: pick(r, "h0", "h1", "h2", "h3", "nowhere", ""), LastTypedAt: pick(r, 0, now-int64(r.IntN(120))*day-int64(r.IntN(int(day)))), RefreshAt: now,
			CreatedAt: now})
		fields := map[string][]any{
			"department": {"cardiology", "nephrology", "other", 7.0}, "title": {"chief", "deputy", ""},
			"patient_band": {"ge80", "b30_79", "lt10", "na"}, "topics": {[]string{"ckd"}, []string{"ckd", "dm"}, []string{}, []string{"c\"ckd"}, "ckd"},
			"prefers": {[]string{"video"}, []string{"none"}}, "nps_company": {9.0, 0.1 + 0.2, 0.0, -3.0, "9"}, "onboarded": {"2026-10-01", "2026-11-21T08:30", "2026-11-22", "soon"},
			"ladder": {"A0", "A2", "A4", "A6"}, "visit_wish": {"f2f", "online", "no"}, "province": {"浙江", "上海", "心内 科", "a\"x", "張三 ", strings.Repeat("长", 70), 7.0}, "barriers": {[]string{"no_stock", "price"}},
		}
		for _, f := range slices.Sorted(keys(fields)) {
			if r.IntN(2) == 0 {
				continue
			}
			v, _ := json.Marshal(pick(r, fields[f]...))
			var code string
			if json.Unmarshal(v, &code) != nil || len([]rune(code)) > 64 {
				code = ""
			}
			add(&store.PortraitValue{Doctor: id, Field: f, Account: storetest.Account, Value: string(v), Code: code, Source: pick(r, "answer", "rep"), At: now - int64(r.IntN(300))*day})
		}
		for _, p := range []string{"base", "portrait", "push"} {
			for seq := range r.IntN(3) {
				add(&store.Consent{Conversation: id, Seq: int64(seq + 1), Purpose: p, Account: storetest.Account, Policy: "v1", Granted: r.IntN(3) > 0, At: now})
			}
		}
		for _, tag := range []string{"模式_双打", "其他", "合规关注"} {
			if r.IntN(3) == 0 {
				add(&store.Tag{Doctor: id, Tag: tag, Account: storetest.Account, Source: "answer", At: now - day, RemovedAt: pick(r, 0, 0, now), ExpiresAt: pick(r, 0, now-1, now+day)})
			}
		}
		for b := range r.IntN(8) {
			kind := pick(r, "open", "read", "reply", "sent", "ask", "attend", "ignore", "watch")
			add(&store.Behaviour{Doctor: id, Account: storetest.Account, Kind: kind, Object: "c", Topics: `["ckd"]`, Ref: fmt.Sprint(b), At: now - int64(r.IntN(200))*day - int64(r.IntN(int(day)))})
		}
	}
	for _, row := range rows {
		if err := db.Create(row).Error; err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// someSegment writes a condition of some depth.
func someSegment(r *rand.Rand, depth int) string {
	if depth > 0 {
		switch r.IntN(4) {
		case 0:
			return "(" + someSegment(r, depth-1) + " and " + someSegment(r, depth-1) + ")"
		case 1:
			return "(" + someSegment(r, depth-1) + " or " + someSegment(r, depth-1) + ")"
		case 2:
			return "not (" + someSegment(r, depth-1) + ")"
		}
	}
	sign := pick(r, "==", "!=", "<", "<=", ">", ">=")
	day := pick(r, "today", "today - 30d", "today - 90d", "'2026-11-21'", "today + 1d", "today - 2d + 1d")
	return pick(r,
		fmt.Sprintf("doctor.level %s %d", sign, r.IntN(4)), "doctor.level in [0, 2]", "doctor.followed", "not doctor.followed",
		fmt.Sprintf("doctor.last_typed %s %s", sign, day), "doctor.last_typed is empty", fmt.Sprintf("doctor.effective %s %s", sign, day), "doctor.effective is not empty",
		"hospital.grade == tertiary", "hospital.grade in [city, county]", "hospital.province == '浙江'", "hospital.province is empty", "hospital.city != '杭州'", "hospital.level == '3a'",
		"hospital.level is empty", "hospital.id == h1", "access.state == admitted", "access.drug == yes", "access.drug", "access.drug is empty", fmt.Sprintf("access.decile %s 5", sign), "access.decile is empty",
		"ladder in [A2, A4]", "ladder != A0", "class == A", "class in [B, C, U]", "matrix == profile", "result == both", "result != watch", "cell is empty", "cell == light", "potential is empty", "potential == high",
		fmt.Sprintf("affinity %s 2", sign), "affinity is empty", fmt.Sprintf("score.points %s 20", sign), "score.grade == watch", "score.grade is empty",
		"sample_sartan.class == A", "sample_sartan.ladder in [A0, A6]", "sample_sartan.potential is empty",
		"profile.department == cardiology", "profile.province == '心内 科'", "profile.province == 'a\"x'", "profile.province == '張三 '", "profile.province == '張三'", "profile.province is empty", "profile.department is empty", "profile.department != nephrology",
		"profile.province == '"+strings.Repeat("长", 70)+"'", "profile.title in [chief, deputy]", "profile.patient_band == ge80", "profile.topics has ckd", "profile.topics is empty", "profile.prefers has none",
		fmt.Sprintf("profile.nps_company %s 0.3", sign), fmt.Sprintf("profile.nps_company %s 9", sign), "profile.nps_company in [0, 9]", "profile.nps_company is empty",
		fmt.Sprintf("profile.onboarded %s %s", sign, day), "profile.onboarded is empty", "profile.visit_wish == f2f", "profile.province == '上海'",
		"consent.base", "not consent.portrait", "consent.push == true", "consent.push == false", "tags has '模式_双打'", "tags has '高活跃'", "tags is empty", "not (tags has '其他')",
		fmt.Sprintf("count(open, 90d) %s %d", sign, r.IntN(3)), fmt.Sprintf("count(read, 30d) %s 1", sign), fmt.Sprintf("count(reply, 365d) %s 1", sign), "2 <= count(ask, 180d)",
	)
}

// TestS1_15_SegmentsAgree: a segment holds for the same doctors in the database and in memory, whatever the doctors and the segment, on both engines.
func TestS1_15_SegmentsAgree(t *testing.T) {
	fixed := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	lib, ps := flows.Load(library.FS)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	zone := time.FixedZone("CST", 8*3600)
	at := func(o *store.Options) { o.Now = func() time.Time { return fixed } }
	run := func(t *testing.T, s *store.Store) {
		r := rand.New(rand.NewPCG(7, 11))
		ids := someDoctors(t, s, r, 60)
		in := insight.New(insight.Options{Store: s, Library: func() *flows.Library { return lib }, Zone: zone, Now: func() time.Time { return fixed }})
		for {
			n, err := in.Sweep(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				break
			}
		}
		rows, err := s.Dossiers(t.Context(), ids, lib.HistoryFields()...)
		if err != nil || len(rows) != len(ids) {
			t.Fatalf("%d dossiers, %v", len(rows), err)
		}
		now := fixed.In(zone)
		for range *segmentRuns {
			src := someSegment(r, r.IntN(4))
			g, ps := lib.Segment(src)
			if g == nil {
				t.Fatalf("%s: %v", src, ps)
			}
			var want []string
			for i := range rows {
				d := insight.DossierOf(&rows[i])
				found := flows.Derive(lib, &d, now)
				if g.Match(&d, &found, now) {
					want = append(want, d.Doctor)
				}
				if why := g.Why(&d, &found, now); why[0].Holds != g.Match(&d, &found, now) {
					t.Fatalf("%s: the explanation of %s says %v", src, d.Doctor, why)
				}
			}
			slices.Sort(want)
			got, err := doctorsOf(t, s, in.Filter(g), 1000)
			if err != nil {
				t.Fatalf("%s: %v", src, err)
			}
			n, err := s.CountDoctors(t.Context(), in.Filter(g))
			if err != nil || int(n) != len(got) {
				t.Errorf("%s: counted %d, listed %d, %v", src, n, len(got), err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s (-memory +database):\n%s", src, diff)
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) { run(t, storetest.SQLite(t, at)) })
	t.Run("mariadb", func(t *testing.T) { run(t, storetest.MariaDB(t, at)) })
}

// doctorsOf lists the doctors that a filter holds for.
func doctorsOf(t *testing.T, s *store.Store, f store.Filter, n int) (ids []string, err error) {
	t.Helper()
	rows, err := s.SampleDoctors(t.Context(), f, "", n)
	for _, r := range rows {
		ids = append(ids, r.Doctor)
	}
	return ids, err
}
