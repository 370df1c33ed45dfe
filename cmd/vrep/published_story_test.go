package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// Publishing through the wire: two instances behind a load balancer begin with a folder, the command publishes another, and doctors hear it, whichever
// instance takes their message; a roll-back and a recall reach them the same way.
func TestPublishingThroughTheWire(t *testing.T) {
	settings := realSettings(t)
	settings["flows_dir"] = flowsDir(t)
	w := newWorld(t, 2, settings)
	for key, value := range demoValues(w.front.URL, demoOptions{listen: "127.0.0.1:0", data: t.TempDir()}) {
		t.Setenv("VREP_"+strings.ToUpper(key), value)
	}
	for key, value := range settings {
		t.Setenv("VREP_"+strings.ToUpper(key), value)
	}
	w.call("/_sim/users/d1/follow", map[string]string{})
	w.say("d1", "拜访", "用过这个药吗")
	begin := func(user, words string) func() bool {
		return func() bool {
			w.call("/_sim/users/"+user+"/say", map[string]string{"text": "退出"})
			return strings.Contains(fmt.Sprint(w.call("/_sim/users/"+user+"/say", map[string]string{"text": "拜访"})["replies"]), words)
		}
	}
	runs(t, exitFine, []string{"publish", flowsDir(t, "您在哪个科室？", "请问您是哪个科室？")}, "只改了文字", "1 位医生正在填")
	w.eventually("both instances to take it over", func() bool {
		for _, a := range w.apps {
			if a.flows.Library().Flow("visit").Step("dept") == nil || !strings.Contains(flowText(a), "请问您是") {
				return false
			}
		}
		return true
	})
	w.say("d1", "是", "请问您是哪个科室")
	w.say("d1", "心内科", "谢谢您")
	runs(t, exitFine, []string{"rollback", "1", "--message", "原来的好"}, "内容同第 1 次")
	w.call("/_sim/users/d2/follow", map[string]string{})
	w.eventually("the roll-back", func() bool { return !strings.Contains(flowText(w.apps[0])+flowText(w.apps[1]), "请问您是") })
	if !begin("d2", "用过这个药吗")() {
		t.Error("a new talk does not begin after the roll-back")
	}
	hash := w.apps[0].flows.Library().Flow("visit").Hash()
	runs(t, exitFine, []string{"recall", "visit@" + hash[:16], "--reason", "剂量写错", "--say", "这次询问先到这里。"}, "1 位医生下一句时结束")
	w.eventually("the recall", func() bool {
		talks, err := w.apps[0].store.OpenTalks(t.Context())
		return err == nil && len(talks) == 0 || strings.Contains(fmt.Sprint(w.call("/_sim/users/d2/say", map[string]string{"text": "帮助"})["replies"]), "先到这里")
	})
	if begin("d2", "用过这个药吗")() {
		t.Error("a recalled version begins a talk")
	}
	audit, err := w.apps[0].store.Audits(t.Context(), "", 50)
	if err != nil {
		t.Fatal(err)
	}
	acts := map[string]bool{}
	for _, a := range audit {
		acts[a.Action] = true
	}
	for _, act := range []string{store.ReleaseFolder + "_flows", "publish_flows", "rollback_flows", "recall_flow", "leave_recalled"} {
		if !acts[act] {
			t.Errorf("the audit lacks %s", act)
		}
	}
}

// flowText is the text of the flow in force in an instance.
func flowText(a *app) string {
	b, err := a.flows.Library().Bundle("visit")
	if err != nil {
		return err.Error()
	}
	return b.Files["visit.yaml"]
}

// A content owner tries publishing on a demo that runs.
func TestPublishingToADemo(t *testing.T) {
	data := t.TempDir()
	w := newWorld(t, 1, map[string]string{"data_dir": data, "flows_dir": flowsDir(t)})
	if err := os.WriteFile(filepath.Join(data, "secret.key"), []byte(w.apps[0].cfg.SecretKey.Reveal()), 0o600); err != nil { // as a demo keeps it
		t.Fatal(err)
	}
	runs(t, exitFine, []string{"publish", flowsDir(t, "您在哪个科室？", "请问您是哪个科室？"), "--demo", data}, "只改了文字")
	w.eventually("the demo to take it over", func() bool { return strings.Contains(flowText(w.apps[0]), "请问您是") })
	runs(t, exitUsage, []string{"versions", "--demo", "no/such/folder"}, "no/such/folder")
}
