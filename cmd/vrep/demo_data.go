package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/console"
	"github.com/vrep/vrep/sim"
	"github.com/vrep/vrep/store"
)

// demoInvite is the code that verifies a doctor in the demo.
const demoInvite = "VREP26"

//go:embed demo.yaml
var demoFile []byte

// demoData is demo.yaml: the fictional company and its reps.
type demoData struct {
	Account   map[string]string `yaml:"account"`
	Templates []struct {
		ID     string `yaml:"id"`
		Kind   string `yaml:"kind"`
		Title  string `yaml:"title"`
		Fields []struct {
			Key  string `yaml:"key"`
			Name string `yaml:"name"`
		} `yaml:"fields"`
	} `yaml:"templates"`
	Duty []struct {
		UserID string `yaml:"userid"`
		Name   string `yaml:"name"`
	} `yaml:"duty"`
	Costs     demoCosts     `yaml:"costs"`
	Supers    demoSupers    `yaml:"supers"`
	Campaigns demoCampaigns `yaml:"campaigns"`
	Words     demoWords     `yaml:"words"`
	Handover  demoHandover  `yaml:"handover"`
	Meetings  []demoMeeting `yaml:"meetings"`
	Meeting   demoMeetings  `yaml:"meeting"`
	Reps      []struct {
		UserID      string `yaml:"userid"`
		Name        string `yaml:"name"`
		FilingNo    string `yaml:"filing_no"`
		Team        string `yaml:"team"`
		Territories []struct {
			Kind  string `yaml:"kind"`
			Value string `yaml:"value"`
		} `yaml:"territories"`
	} `yaml:"reps"`
}

func readDemo() demoData {
	var d demoData
	if err := yaml.Unmarshal(demoFile, &d); err != nil {
		panic("vrep: demo.yaml is embedded and must parse: " + err.Error())
	}
	return d
}

// demoConfig is the configuration of the demo: fixed identities, so that a kept data folder stays valid, and no setting from outside, so that a demo
// can never reach a real account.
func demoConfig(url string, o demoOptions) (*config.Config, error) {
	return loadValues(demoValues(url, o))
}

// demoRobot is the key of the pretend group robot.
const demoRobot = "demo-robot"

func demoValues(url string, o demoOptions) map[string]string {
	values := map[string]string{
		"listen": o.listen, "data_dir": o.data, "flows_dir": o.flows, "public_url": url,
		"wechat_app_id": "wx0000000000000000", "wechat_app_secret": "demo-secret-of-the-official-account",
		"wechat_token": "demotoken", "wechat_aes_key": strings.Repeat("demokey0000", 4)[:42] + "A",
		"wechat_api_base":  url + "/_sim/api/wechat",
		"wechat_open_base": url + "/_sim/api/open", "wechat_mp_base": url + "/_sim/api/mp",
		"wechat_push_template": "demo-push-template", "wechat_notice_template": "demo-notice-template", "wechat_menu": "on", "wechat_choice_links": "on",
		"wecom_corp_id": "ww0000000000000000", "wecom_agent_id": "1000001", "wecom_secret": "demo-secret-of-the-application",
		"wecom_token": "demowecomtoken", "wecom_aes_key": strings.Repeat("wecomkey000", 4)[:42] + "A",
		"wecom_api_base":  url + "/_sim/api/wecom",
		"wecom_robot_url": url + "/_sim/api/wecom/cgi-bin/webhook/send?key=" + demoRobot,
	}
	demo := readDemo()
	for _, d := range demo.Duty {
		values["safety_duty"] += d.UserID + ","
	}
	for k, v := range demo.Account {
		values[k] = v
	}
	return values
}

// loadValues checks values as if they stood in the environment.
func loadValues(values map[string]string) (*config.Config, error) {
	byEnv := map[string]string{}
	for k, v := range values {
		byEnv[config.EnvName(k)] = v
	}
	return config.Load("", func(name string) (string, bool) { v, ok := byEnv[name]; return v, ok })
}

// simOptions are the platform's side of a configuration.
func simOptions(cfg *config.Config, url, file string, log *slog.Logger) sim.Options {
	return sim.Options{
		AppID: cfg.WeChat.AppID, AppSecret: cfg.WeChat.AppSecret.Reveal(), Token: cfg.WeChat.Token.Reveal(), AESKey: cfg.WeChat.AESKey.Reveal(),
		OriginalID: "gh_000000000000", CorpID: cfg.WeCom.CorpID, AgentID: cfg.WeCom.AgentID, CorpSecret: cfg.WeCom.Secret.Reveal(),
		CorpToken: cfg.WeCom.Token.Reveal(), CorpAESKey: cfg.WeCom.AESKey.Reveal(), CallbackURL: url + "/wechat/callback",
		CorpCallbackURL: url + "/wecom/callback", Reps: simReps(), Templates: simTemplates(), BotName: cfg.Account.Bot, InviteCode: demoInvite,
		RobotKey: demoRobot, ConsoleURL: url + "/console/", PhoneCookies: console.DoctorCookies(), File: file, PeerFollowsClock: true, Log: log,
	}
}

func simTemplates() []sim.Template {
	var all []sim.Template
	for _, t := range readDemo().Templates {
		one := sim.Template{ID: t.ID, Kind: t.Kind, Title: t.Title}
		for _, f := range t.Fields {
			one.Fields = append(one.Fields, sim.TemplateField{Key: f.Key, Name: f.Name})
		}
		all = append(all, one)
	}
	return all
}

func simReps() []sim.Rep {
	var reps []sim.Rep
	demo := readDemo()
	for _, r := range demo.Reps {
		reps = append(reps, sim.Rep{UserID: r.UserID, Name: r.Name})
	}
	for _, d := range demo.Duty {
		reps = append(reps, sim.Rep{UserID: d.UserID, Name: d.Name})
	}
	return reps
}

// seedDemo writes reps, territories and the invite code. It may run again on a kept folder.
func seedDemo(ctx context.Context, st *store.Store) error {
	for _, r := range readDemo().Reps {
		rep := store.Rep{
			UserID: r.UserID, Name: r.Name, FilingNo: r.FilingNo, Team: r.Team, Active: true,
			FilingUntil: time.Now().AddDate(2, 0, 0).UnixMilli(),
		}
		if err := st.SaveRep(ctx, rep); err != nil {
			return fmt.Errorf("writing a sample rep: %w", err)
		}
		var rows []store.Territory
		for _, t := range r.Territories {
			rows = append(rows, store.Territory{Rep: r.UserID, Kind: t.Kind, Value: t.Value})
		}
		if err := st.SetTerritories(ctx, r.UserID, rows); err != nil {
			return fmt.Errorf("writing a sample territory: %w", err)
		}
	}
	err := st.AddInvite(ctx, store.Invite{Code: demoInvite, Note: "demo", MaxUses: 1000})
	if err != nil && !errors.Is(err, store.ErrExists) {
		return fmt.Errorf("writing the invite code: %w", err)
	}
	return nil
}
