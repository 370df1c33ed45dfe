package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vrep/vrep/master"
	"github.com/vrep/vrep/store"
)

// table imports a spreadsheet into the running service, as a person in the console does.
func (w *world) table(kind, text string) {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), kind+".csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	a := w.apps[0]
	r, err := master.Run(w.t.Context(), a.store, master.Options{Kind: kind, Path: path, Actor: "ops", Zone: a.cfg.Zone, Codes: a.own.Coder()})
	if err != nil || !r.OK() {
		w.t.Fatalf("importing %s: %v %v", kind, err, r)
	}
}

// knows tells whether the portrait of a doctor has a field.
func (w *world) knows(user, field string) bool {
	a := w.apps[0]
	rec, err := a.store.DoctorRecord(w.t.Context(), store.DoctorID(a.store.Account(), openIDOf(w, user)))
	if err != nil {
		w.t.Fatal(err)
	}
	return slices.ContainsFunc(rec.Portrait, func(p store.PortraitValue) bool { return p.Field == field })
}

// names lets a doctor name a hospital until the flows, which hear of an import a moment later, know it.
func (w *world) names(user, hospital string) {
	w.t.Helper()
	w.eventually("the flows to know the hospital", func() bool {
		if !strings.Contains(w.say(user, hospital), "科室") {
			return false
		}
		if w.knows(user, "hospital") {
			return true
		}
		w.say(user, "返回") // not known yet, and passed over after some tries
		return false
	})
}

// prices are the official prices of the story: one that holds in Hangzhou, one for the rest of the province, one that is over.
const prices = "产品,规格,包装,省份,城市,价格,单位,类型,依据文件,执行日期,有效期至,批准人\n" +
	"示例沙坦片,80mg,28片/盒,浙江省,杭州市,28.50,元/盒,中选价,浙药采〔2026〕1号,2026-01-01,2029-12-31,准入部\n" +
	"示例沙坦片,80mg,28片/盒,浙江省,,29.10,元/盒,挂网价,浙药采〔2026〕2号,2026-01-01,2029-12-31,准入部\n" +
	"示例沙坦片,80mg,28片/盒,四川省,,27.00,元/盒,中选价,川药采〔2025〕9号,2025-01-01,2026-06-30,准入部\n"

// S1-34: a doctor finds her hospital, which was imported a moment ago, by a name that people use, says that it has not got the product, asks for the price,
// and is told the official one of her city with its basis and its days. Where the price is over or unknown a person of the house gets the question and no
// figure is said.
func TestS1_34_PriceInTheChat(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.table(store.KindProducts, "产品编码,产品名称,通用名,阶段\nsample_sartan,示例沙坦片,示例沙坦,集采\n")
	w.table(store.KindHospitals, "医院编码,医院名称,别名,省份,城市,等级\nH1,青溪市第一人民医院,青溪一院,浙江省,杭州市,三甲\nH2,望川县人民医院,望川县医院,四川省,望川,二甲\nH3,临湖市中心医院,临湖中心,湖北省,临湖,三乙\n")
	w.table(store.KindPrices, prices)
	for _, d := range []struct {
		user, hospital, label string
		told                  []string
	}{
		{"p1", "青溪一院", "青溪市第一人民医院", []string{"28.50 元/盒", "中选价", "浙药采〔2026〕1号", "2026年1月1日起执行", "2029年12月31日前有效", "浙江杭州", "以省级平台公布为准"}},
		{"p2", "望川县医院", "望川县人民医院", []string{"正在核实", "转准入同事"}},
		{"p3", "临湖中心", "临湖市中心医院", []string{"正在核实", "转准入同事"}},
	} {
		w.heard("follow", w.call("/_sim/users/"+d.user+"/follow", map[string]string{}), []string{"您的身份"})
		for _, line := range []struct{ say, want string }{{"医生", "是否同意"}, {"同意", "单独同意"}, {"同意", "姓名"}, {"王建国", "哪家医院"}} {
			w.say(d.user, line.say, line.want)
		}
		w.names(d.user, d.hospital)
		for _, line := range []struct{ say, want string }{
			{"心内", "职称"}, {"主任医师", "核验"}, {"邀请码", "6 位邀请码"}, {demoInvite, "核验通过"}, {"退出", ""}, {"集采", "岗位"}, {"药剂科", "目前的情况"}, {"没有报量", "卡在哪里"}, {"等药事会", "执行价格"},
		} {
			w.say(d.user, line.say, line.want)
		}
		said := w.say(d.user, "需要", d.told...)
		if len(d.told) < 4 && (strings.Contains(said, "元/盒") || strings.Contains(said, "27.00")) {
			t.Errorf("%s: a price that nobody vouches for is said: %s", d.user, said)
		}
	}
	notices, err := w.apps[0].store.OpenNotices(t.Context(), []string{store.TeamOps}, 50)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, n := range notices {
		if n.Team == store.TeamOps && strings.Contains(n.Words, "执行价格") {
			asked++
		}
	}
	if asked != 2 {
		t.Errorf("%d questions about prices wait for a person, want 2", asked)
	}
}

// S1-42: the list of hospitals that the procurement obliges and nobody looks after, after an import alone.
func TestS1_42_WhiteSpaceFromSpreadsheets(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.table(store.KindProducts, "产品编码,产品名称,通用名\np1,示例沙坦片,示例沙坦\n")
	w.table(store.KindHospitals, "医院编码,医院名称,省份\nH1,甲医院,浙江\nH2,乙医院,浙江\nH3,丙医院,四川\n")
	w.table(store.KindBatches, "批次编码,产品,批次名称,中选情况,执行省份,约定采购比例,执行开始,执行结束\nGC7,p1,第七批,中选,浙江省、江苏省,50,2026-01-01,2099-12-31\n")
	w.table(store.KindAccess, "医院,产品,批次,准入状态,是否报量\n甲医院,p1,GC7,已采购,是\n乙医院,p1,GC7,未开发,否\n")
	page, err := w.apps[0].store.HospitalPage(t.Context(), store.HospitalQuery{Product: "p1", White: true, Size: 10})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].ID != "H2" {
		t.Errorf("%+v, %v", page.Rows, err)
	}
}

// The demo's sample does not get in the way of a talk: it is written behind a demo that is ready.
func TestDemoFillsItself(t *testing.T) {
	w := newWorld(t, 1, nil)
	demo := &demoWorld{app: w.apps[0], platform: w.platform}
	stop, ended := demo.startSample(t.Context())
	defer stop()
	talk(w) // while the sample is being written
	select {
	case <-ended:
	case <-t.Context().Done():
	}
	page, err := w.apps[0].store.DoctorPage(t.Context(), store.DoctorQuery{Size: 1})
	if err != nil || page.Total < 2000 {
		t.Errorf("%d doctors, %v", page.Total, err)
	}
	if users := w.get("/_sim/users")["users"].([]any); len(users) != 1 {
		t.Errorf("%d phones in the simulator, want the doctor's alone", len(users))
	}
}
