package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// publishedFlow is a flow that can be published; its test passes.
const publishedFlow = `flow: visit
title: 拜访
owner: 医学部
approval: {no: T-1, until: 2099-12-31}
start:
  on: ["word:拜访"]
steps:
  - id: drug
    ask: 用过这个药吗？
    type: yesno
  - id: dept
    ask: 您在哪个科室？
    type: text
  - say: 谢谢您。
  - end: done
`

const publishedTest = `test: visit
cases:
  - name: 说完
    chat: [{me: 拜访}, {bot: 用过这个药吗}, {me: 是}, {bot: [哪个科室]}, {me: 心内科}, {end: done}]
`

// flowsDir writes the folder; pairs alternate what to replace and with what.
func flowsDir(t *testing.T, replace ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "tests"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"visit.yaml": publishedFlow, "tests/visit.test.yaml": publishedTest} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.NewReplacer(replace...).Replace(text)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// embedded opens the database that commands of this test use.
func embedded(t *testing.T, do func(ctx context.Context, st *store.Store)) {
	t.Helper()
	cfg, err := loadConfig("")
	if err != nil {
		t.Fatal(err)
	}
	of, err := personalOf(cfg)
	if err != nil {
		t.Fatal(err)
	}
	st, err := openStore(t.Context(), cfg, of, newLog(0), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	do(t.Context(), st)
	if err := st.Close(); err != nil {
		t.Error(err)
	}
}

// stand puts doctors at a question of the flow as the folder has it.
func stand(t *testing.T, dir, question string, doctors ...string) {
	t.Helper()
	lib, _ := flows.Load(os.DirFS(dir))
	hash := lib.Flow("visit").Hash()
	embedded(t, func(ctx context.Context, st *store.Store) {
		for _, openID := range doctors {
			id := store.DoctorID(st.Account(), openID)
			turn := &store.Turn{
				Journal: store.Journal{Conversation: id, Seq: 1, MessageKey: openID, Kind: "text", Flow: "visit", FlowHash: hash},
				Doctor: store.Doctor{ID: id, OpenID: openID, Phase: store.PhaseAsking, Followed: true,
					Standing: store.JoinStands([]store.Stand{{Flow: "visit", Hash: hash, Question: question}})},
			}
			if _, err := st.CommitTurn(ctx, turn); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// runs runs a command, wants its exit code and all the words in what it printed.
func runs(t *testing.T, code int, args []string, words ...string) string {
	t.Helper()
	got, out, errOut := vrep(t, "", append([]string{"flows"}, args...)...)
	if got != code {
		t.Fatalf("vrep flows %s: exit %d, want %d\n%s%s", strings.Join(args, " "), got, code, out, errOut)
	}
	for _, word := range words {
		if !strings.Contains(out+errOut, word) {
			t.Errorf("vrep flows %s lacks %q:\n%s%s", strings.Join(args, " "), word, out, errOut)
		}
	}
	return out
}

func TestPublishAndRollBack(t *testing.T) {
	t.Setenv("VREP_DATA_DIR", t.TempDir())
	first := flowsDir(t)
	runs(t, exitFine, []string{"versions"}, "还没有发布过")
	runs(t, exitFine, []string{"publish", first, "--dry-run"}, "第一次发布", "1 段对话，全部通过", "没有发布")
	runs(t, exitFine, []string{"publish", first, "--by", "王医生", "--message", "第一版"}, "已发布：第 1 次发布")
	runs(t, exitFine, []string{"publish", first}, "完全相同")
	stand(t, first, "dept", "o1", "o2")
	text := flowsDir(t, "您在哪个科室？", "请问您在哪个科室？")
	runs(t, exitFine, []string{"publish", text, "--message", "客气些"}, "visit 拜访：只改了文字；2 位医生正在填，下一句起看到新文字", "rollback 1")
	out := runs(t, exitFine, []string{"versions"}, "第 2 次  使用中", "第 1 次  已换下", "王医生", "第一版", "客气些", "2 位医生正在填")
	if strings.Index(out, "第 2 次") > strings.Index(out, "第 1 次") {
		t.Errorf("the newest release is not on top:\n%s", out)
	}
	runs(t, exitFine, []string{"versions", "visit"}, "停在 dept：2 位", "使用中", "没有医生正在填")
	runs(t, exitFine, []string{"rollback", "1", "--dry-run"}, "只改了文字", "没有发布")
	runs(t, exitFine, []string{"rollback", "1", "--message", "不合适"}, "已发布：第 3 次发布（内容同第 1 次）")
	runs(t, exitFine, []string{"rollback", "1"}, "完全相同")
	runs(t, exitFindings, []string{"rollback", "99"}, "vrep flows versions")
	runs(t, exitUsage, []string{"rollback", "first"}, "number")
	runs(t, exitUsage, []string{"versions", "nothing"}, "nothing")
}

// Rules need a second person, from the command line too: the release waits, and a larger share does not put it into force.
func TestRulesWaitForASecondPerson(t *testing.T) {
	t.Setenv("VREP_DATA_DIR", t.TempDir())
	dir := flowsDir(t)
	runs(t, exitFine, []string{"publish", dir})
	rules := "score:\n  - name: lead\n    margin: 5\n    groups: {fit: 40}\n    lines:\n      - {group: fit, points: 10, when: \"doctor.level == 2\", why: 已核验}\n" +
		"    grades: {hot: 70, warm: 50, cold: 30, watch: 0}\n    examples:\n      - profile: {}\n        doctor: {level: 2}\n        expect: {points: 10, grade: watch}\n"
	if err := os.WriteFile(filepath.Join(dir, "rules.yaml"), []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	runs(t, exitUsage, []string{"publish", dir}, "--message")
	runs(t, exitFine, []string{"publish", dir, "--message", "只看核验", "--dry-run"}, "rules.yaml 有改动", "没有发布")
	runs(t, exitFine, []string{"publish", dir, "--message", "只看核验"}, "已提交：第 2 次发布改了规则（rules.yaml）", "另一位同事")
	runs(t, exitFine, []string{"versions"}, "第 1 次  使用中", "第 2 次  待批")
	runs(t, exitFindings, []string{"share", "2", "100%"}, "another person")
	embedded(t, func(ctx context.Context, st *store.Store) {
		open, err := st.Approvals(ctx, []string{store.ActRules}, 5)
		if err != nil || len(open) != 1 || open[0].Reason != "只看核验" {
			t.Errorf("proposals %+v, %v", open, err)
		}
	})
}

// Doctors at a question that is gone refuse the publishing, with their number, until migrate says where they go.
func TestPublishIsRefusedForDoctorsAtAQuestionThatIsGone(t *testing.T) {
	t.Setenv("VREP_DATA_DIR", t.TempDir())
	first := flowsDir(t)
	runs(t, exitFine, []string{"publish", first})
	stand(t, first, "dept", "o1", "o2", "o3", "o4")
	stand(t, first, "drug", "o5")
	gone := []string{"  - id: dept\n    ask: 您在哪个科室？\n    type: text\n", "", "{bot: [哪个科室]}, {me: 心内科}, ", ""}
	runs(t, exitFindings, []string{"publish", flowsDir(t, gone...)}, "V801", "5 位医生正在填，其中 4 位停在被删除的 dept", "没有发布")
	runs(t, exitFine, []string{"versions"}, "第 1 次  使用中")
	moved := append([]string{"steps:\n", "migrate:\n  - {from: any, policy: pin}\nsteps:\n"}, gone...)
	runs(t, exitFine, []string{"publish", flowsDir(t, moved...)}, "4 位停在被删除的 dept", "已发布：第 2 次发布")
}

func TestPublishRefusesMistakesAndFailedTests(t *testing.T) {
	t.Setenv("VREP_DATA_DIR", t.TempDir())
	runs(t, exitFindings, []string{"publish", flowsDir(t, "type: yesno", "type: yesnoo")}, "yesnoo", "没有发布：检查有 1 个错误")
	runs(t, exitFindings, []string{"publish", flowsDir(t, "until: 2099", "until: 2020")}, "C501", "没有发布")
	runs(t, exitFindings, []string{"publish", flowsDir(t, "bot: [哪个科室]", "bot: [哪家医院]")}, "哪家医院", "1 段没有通过", "测试没有全部通过")
	runs(t, exitUsage, []string{"publish", filepath.Join(flowsDir(t), "visit.yaml")}, "name the folder")
	runs(t, exitUsage, []string{"publish", flowsDir(t), "--share", "0%"}, "nobody")
	runs(t, exitUsage, []string{"publish", flowsDir(t), "--share", "viel"}, "percentage")
	runs(t, exitUsage, []string{"publish", flowsDir(t), "--at", "tomorrow"}, "--at")
	runs(t, exitUsage, []string{"publish", flowsDir(t), "--at", "2020-01-01 08:00"}, "passed")
	runs(t, exitUsage, []string{"publish", flowsDir(t), "--skip-tests"}, "skip-tests")
	runs(t, exitFine, []string{"versions"}, "还没有发布过")
}

func TestScheduledAndPartialReleases(t *testing.T) {
	t.Setenv("VREP_DATA_DIR", t.TempDir())
	runs(t, exitFine, []string{"publish", flowsDir(t)})
	runs(t, exitFine, []string{"publish", flowsDir(t, "title: 拜访", "title: 二"), "--share", "10%"}, "10% 的医生")
	runs(t, exitFine, []string{"publish", flowsDir(t, "title: 拜访", "title: 三"), "--at", "2099-01-02 08:00"}, "2099-01-02 08:00 起")
	runs(t, exitFine, []string{"versions"}, "第 1 次  使用中", "第 2 次  试行中", "第 3 次  待生效")
	runs(t, exitFine, []string{"share", "2", "50%"}, "第 2 次发布：50% 的医生")
	runs(t, exitFine, []string{"share", "3", "0%"}, "不再使用")
	runs(t, exitFine, []string{"share", "2", "100%", "--message", "没有问题"}, "全部医生")
	runs(t, exitFine, []string{"versions"}, "第 1 次  已换下", "第 2 次  使用中", "第 3 次  已停用")
	runs(t, exitFine, []string{"share", "2", "0%"})
	runs(t, exitFindings, []string{"share", "1", "0%"}, "publish another folder first")
	runs(t, exitFindings, []string{"share", "1", "100%"}, "already")
	runs(t, exitUsage, []string{"share", "1", "101%"}, "percentage")
}

func TestRecallACommandAndLiftIt(t *testing.T) {
	t.Setenv("VREP_DATA_DIR", t.TempDir())
	dir := flowsDir(t)
	runs(t, exitFine, []string{"publish", dir})
	stand(t, dir, "dept", "o1")
	lib, _ := flows.Load(os.DirFS(dir))
	hash := lib.Flow("visit").Hash()
	name := "visit@" + hash[:6]
	runs(t, exitUsage, []string{"recall", name}, "--reason")
	runs(t, exitUsage, []string{"recall", name, "--reason", "r", "--move", "--stop"}, "exclude")
	runs(t, exitUsage, []string{"recall", name, "--reason", "r", "--lift", "--move"}, "--lift")
	runs(t, exitUsage, []string{"recall", "visit@zzzz", "--reason", "r"}, "vrep flows versions")
	runs(t, exitUsage, []string{"recall", "visit", "--reason", "r"}, "FLOW@HASH")
	runs(t, exitFindings, []string{"recall", name, "--reason", "剂量写错", "--move"}, "publish a mended version first")
	runs(t, exitFine, []string{"recall", name, "--reason", "剂量写错", "--dry-run"}, "将撤回", "1 位医生下一句时结束", "正在使用")
	runs(t, exitFine, []string{"recall", name, "--reason", "剂量写错", "--say", "先到这里。"}, "已撤回 visit@"+hash[:16], "取消了 0 条", "--lift")
	runs(t, exitFindings, []string{"recall", name, "--reason", "再来"}, "--lift")
	runs(t, exitFine, []string{"versions", "visit"}, "已撤回", "剂量写错")
	var list struct {
		Releases []struct {
			State, By, Cause string
			Share            int
		}
		Versions []struct {
			Hash              string
			InForce, Recalled bool
			Open              int
			At                map[string]int
		}
		Recalls []struct{ Version, Reason, Say, Policy, Lifted string }
	}
	if err := json.Unmarshal([]byte(strings.ReplaceAll(runs(t, exitFine, []string{"versions", "--json"}), "in_force\": true", "inforce\": true")), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Releases) != 1 || list.Releases[0].State != "in_force" || list.Releases[0].Share != 100 || list.Releases[0].By == "" {
		t.Errorf("releases %+v", list.Releases)
	}
	if len(list.Versions) != 1 || !list.Versions[0].InForce || !list.Versions[0].Recalled || list.Versions[0].At["dept"] != 1 {
		t.Errorf("versions %+v", list.Versions)
	}
	if len(list.Recalls) != 1 || list.Recalls[0].Say != "先到这里。" || list.Recalls[0].Policy != "stop" || list.Recalls[0].Version != hash[:16] {
		t.Errorf("recalls %+v", list.Recalls)
	}
	runs(t, exitFine, []string{"recall", name, "--lift", "--reason", "已核对"}, "已取消撤回")
	runs(t, exitUsage, []string{"recall", name, "--lift", "--reason", "已核对"}, "not recalled")
}
