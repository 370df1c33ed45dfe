package console_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/master"
	"github.com/vrep/vrep/store"
)

// rowsOf gives rows that are in memory.
func rowsOf[T any](rows ...T) store.Batches[T] {
	return func(do func([]T) error) error { return do(rows) }
}

// fillMaster puts hospitals, a product with its procurement and prices, and a doctor of the house's list into the store.
func fillMaster(t testing.TB, st *store.Store) (intake, listed string) {
	t.Helper()
	ctx, now := context.Background(), st.Now()
	im, err := st.BeginImport(ctx, store.Import{Kind: store.KindHospitals, Name: "hospitals.xlsx", Actor: "ops"})
	must(t, err)
	try := func(_ store.Counts, err error) { must(t, err) }
	try(st.ImportHospitals(ctx, im, rowsOf(
		store.Hospital{ID: "h1", Name: "云州大学附属第一医院", Aliases: `["云大一院"]`, Level: "3a", Grade: "tertiary", Ownership: "public", Kind: "general", Province: "浙江", City: "云州", Reception: `{"days":"每周三","needs_filing":"yes"}`},
		store.Hospital{ID: "h2", Name: "云大一院", Province: "浙江"})))
	try(st.ImportProducts(ctx, im, rowsOf(store.Product{ID: "p1", Name: "示例沙坦片", Generic: "示例沙坦", Lifecycle: "vbp", Active: true})))
	try(st.ImportBatches(ctx, im, rowsOf(store.Batch{ID: "b1", Product: "p1", Name: "第七批", Kind: "national", Status: "won", Share: 70, BeginsAt: now - 1000, EndsAt: now + 1e9})))
	try(st.ImportAccess(ctx, im, rowsOf(store.HospitalAccess{Hospital: "h1", Product: "p1", Batch: "b1", State: store.AccessIntent, Drug: "no", Decile: 8, Blocker: "等药事会", MeetingAt: now + 1e9})))
	try(st.ImportPrices(ctx, im, rowsOf(
		store.Price{ID: "x1", Product: "p1", Spec: "80mg", Package: "28片/盒", Province: "浙江", Amount: "28.50", Unit: "元/盒", Kind: "bid", Policy: "省级平台公告", FromAt: now - 1000, ApprovedBy: "准入部"},
		store.Price{ID: "x2", Product: "p1", Spec: "80mg", Package: "28片/盒", Province: "江苏", Amount: "28.20", Unit: "元/盒", Kind: "bid", Policy: "旧公告", FromAt: now - 2000, UntilAt: now - 1000, ApprovedBy: "准入部"})))
	try(st.ImportDoctors(ctx, im, rowsOf(twin("D1", "主任医师"), twin("D2", "主治医师"))))
	body := []byte(`{"problems":[{"line":3,"cell":"C3","column":"等级","says":"“等级”是“四级”，不在可选范围里","cure":"可以写：三级甲等"}],"bad":1,"notes":["第 5 行与第 4 行完全相同，只算一次"]}`)
	im.Status, im.Total, im.Bad, im.Report = store.ImportFailed, 5, 1, body
	must(t, st.EndImport(ctx, im))
	d, err := st.MasterDoctor(ctx, "D1")
	must(t, err)
	return im.ID, d.ID
}

// twin is one of two entries of the house's list about people of one name, hospital and department.
func twin(key, title string) store.MasterDoctor {
	return store.MasterDoctor{
		Key: key, Name: "周明远", Hospital: "h1", HospitalName: "云州大学附属第一医院", Department: "心内科", Title: title,
		Values: []store.ImportedValue{{Field: "title", Value: `"chief"`, Label: title}},
	}
}

func TestMasterPages(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	b := s.as(store.RoleAdmin)
	wantHas(t, b.get("/console/hospitals"), "共 2 家医院", "云州大学附属第一医院", "三级甲等", "意向", "机构十分位")
	wantHas(t, b.get("/console/hospitals/h1"), "云大一院", "每周三", "等药事会", "周明远", "未关注")
	wantHas(t, b.get("/console/products"), "第七批", "70%", "28.50", "可告知", "不告知", "省级平台公告")
	wantHas(t, b.get("/console/imports/"+w.intake), "第 3 行", "C3", "四级", "三级甲等", "只算一次")
	wantHas(t, b.get("/console/merges"), "周明远", "姓名、医院、科室相同", "云大一院")
	wantHas(t, b.get("/console/merges/doctor?a="+w.doctor+"&b="+w.listed), "副主任医师", "主任医师", "保留左边")
	if a := b.get("/console/merges/doctor?a=" + w.doctor + "&b=" + w.listed); strings.Contains(a.body, "保留右边") {
		t.Error("a follower can be merged away")
	}
	for _, path := range []string{"/console/hospitals/none", "/console/imports/none", "/console/merges/moon?a=1&b=2", "/console/merges/doctor?a=1&b=2", "/console/imports/template/moons"} {
		if a := b.get(path); a.code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, a.code)
		}
	}
}

func TestMergeOnThePage(t *testing.T) {
	s := newSite(t)
	w := fill(t, s.store, s.desk)
	b := s.as(store.RoleAdmin)
	if a := s.as(store.RoleViewer).post("/console/merges/doctor", "kept", w.doctor, "gone", w.listed); a.code != http.StatusForbidden {
		t.Errorf("a viewer may merge: %d", a.code)
	}
	b.post("/console/merges/doctor", "kept", w.doctor, "gone", w.listed)
	wantHas(t, b.get("/console/merges"), "请先勾选“已核对”")
	if d, err := s.store.MasterDoctor(t.Context(), "D1"); err != nil || d.ID != w.listed {
		t.Errorf("merged by a slip: %+v %v", d, err)
	}
	if a := b.post("/console/merges/doctor", "kept", w.doctor, "gone", w.listed, "sure", "1"); a.location != "/console/merges" {
		t.Fatalf("merge: %d %q", a.code, a.location)
	}
	wantHas(t, b.get("/console/merges"), "已合并", "合并过的", "人工")
	d, err := s.store.MasterDoctor(t.Context(), "D1")
	must(t, err)
	if d.ID != w.doctor || d.Title != "副主任医师" {
		t.Errorf("the key leads to %+v", d)
	}
	b.post("/console/merges/doctor", "kept", w.doctor, "gone", w.listed, "sure", "1")
	wantHas(t, b.get("/console/merges"), "没有合并")
	if a := b.post("/console/merges/hospital", "kept", "h1", "gone", "h2", "sure", "1"); a.location != "/console/merges" {
		t.Fatalf("merge of hospitals: %d %q", a.code, a.location)
	}
	wantHas(t, b.get("/console/hospitals/h2"), "已并入")
}

// A spreadsheet is sent, worked on behind the page, and its report shown.
func TestUpload(t *testing.T) {
	s := newSite(t)
	b := s.as(store.RoleAdmin)
	template, err := master.Template(store.KindHospitals)
	must(t, err)
	for i, dry := range []string{"1", ""} {
		if a := b.upload("/console/imports", "hospitals.xlsx", template, "kind", store.KindHospitals, "dry", dry); a.location != "/console/imports" {
			t.Fatalf("upload: %d %q %s", a.code, a.location, a.body)
		}
		want := map[string]string{"1": store.ImportDry, "": store.ImportDone}[dry]
		if im := find(t, s.imported(t, i+1), func(im store.Import) bool { return im.Status == want }); im.Added != 1 || im.Actor != "u-admin" {
			t.Errorf("dry %q: %+v", dry, im)
		}
	}
	if a := b.upload("/console/imports", "bad.csv", []byte("医院名称,省份,等级\n甲医院,浙江,四级\n"), "kind", store.KindHospitals); a.location != "/console/imports" {
		t.Fatalf("upload: %d", a.code)
	}
	bad := find(t, s.imported(t, 3), func(im store.Import) bool { return im.Name == "bad.csv" })
	wantHas(t, b.get("/console/imports/"+bad.ID), "没有写入", "C2", "四级")
	if a := b.upload("/console/imports", "x.csv", []byte("a"), "kind", "moons"); a.code != http.StatusNotFound {
		t.Errorf("unknown kind: %d", a.code)
	}
	if a := b.post("/console/imports", "kind", store.KindHospitals); a.location != "/console/imports" {
		t.Errorf("no file: %d %q", a.code, a.location)
	}
	wantHas(t, b.get("/console/imports"), "请选择要导入的文件")
	if a := b.get("/console/imports/template/doctors"); a.code != http.StatusOK || !strings.HasPrefix(a.body, "PK") {
		t.Errorf("template: %d", a.code)
	}
}

// form writes a multipart form.
func form(file string, body []byte, fields ...string) (io.Reader, string) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			panic(err)
		}
	}
	part, err := w.CreateFormFile("file", file)
	if err != nil {
		panic(err)
	}
	if _, err := part.Write(body); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return &out, w.FormDataContentType()
}

// upload sends a file with further fields.
func (b *browser) upload(path, file string, body []byte, fields ...string) answer {
	b.s.t.Helper()
	data, kind := form(file, body, fields...)
	req, err := http.NewRequest(http.MethodPost, b.s.server.URL+path, data)
	must(b.s.t, err)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(req)
}

// imported waits until n imports have ended and nothing is being worked on, and lists them.
func (s *site) imported(t *testing.T, n int) []store.Import {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		rows, err := s.store.Imports(ctx, 50)
		must(t, err)
		if len(rows) == n && !s.console.Busy() {
			return rows
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d imports after a minute: %+v", len(rows), rows)
		}
	}
}

// find gives the import that fits: those of one moment have no order.
func find(t *testing.T, rows []store.Import, fits func(store.Import) bool) store.Import {
	t.Helper()
	i := slices.IndexFunc(rows, fits)
	if i < 0 {
		t.Fatalf("none of %+v", rows)
	}
	return rows[i]
}
