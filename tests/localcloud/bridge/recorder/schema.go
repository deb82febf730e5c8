package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/hashicorp/awspolicyequivalence"
	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	sdkv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// What localcloud/provider/facts.json has of a resource type, under the names that it has there.
type resourceType struct {
	Terraform           string
	ExactlyOneOf        []string
	DeleteBeforeReplace bool
	Autoname            *struct {
		Property  string
		Max       int
		Lowercase bool
	}
	Properties map[string]*property
}

type property struct {
	Type                         string
	Required, Optional, Computed bool
	ForceNew, Policy             bool
	ForceNewUnless               *string
	Default                      any
	ConflictsWith                []string
	Properties                   map[string]*property
}

// The AWS of the step that is being answered.
type cloud struct {
	has     map[string]any
	refuses string
}

const idOfCreated = "made"

func providerInfo(facts map[string]*resourceType, cloud *cloud) tfbridge.ProviderInfo {
	resources := map[string]*schema.Resource{}
	infos := map[string]*tfbridge.ResourceInfo{}
	for token, facts := range facts {
		resources[facts.Terraform] = terraformResource(facts, cloud)
		infos[facts.Terraform] = pulumiResource(token, facts)
	}
	tags := &schema.Resource{Schema: map[string]*schema.Schema{"tags": {Type: schema.TypeMap, Optional: true, Elem: &schema.Schema{Type: schema.TypeString}}}}
	provider := &schema.Provider{
		Schema: map[string]*schema.Schema{
			"region":       {Type: schema.TypeString, Optional: true},
			"default_tags": {Type: schema.TypeList, Optional: true, MaxItems: 1, Elem: tags},
		},
		ResourcesMap: resources,
	}
	everyType := func(string) bool { return true }
	return tfbridge.ProviderInfo{
		P:                           sdkv2.NewProvider(provider, sdkv2.WithPlanResourceChange(everyType)),
		Name:                        "aws",
		ResourcePrefix:              "aws",
		Version:                     "7.0.0",
		Resources:                   infos,
		EnableAccurateBridgePreview: true,
	}
}

func terraformResource(facts *resourceType, cloud *cloud) *schema.Resource {
	result := &schema.Resource{Schema: terraformSchema(facts.Properties)}
	for _, name := range facts.ExactlyOneOf {
		result.Schema[snake(name)].ExactlyOneOf = allSnake(facts.ExactlyOneOf)
	}
	result.Importer = &schema.ResourceImporter{StateContext: schema.ImportStatePassthroughContext}
	result.CreateContext = func(_ context.Context, data *schema.ResourceData, _ any) diag.Diagnostics {
		data.SetId(idOfCreated)
		if cloud.refuses != "" {
			return diag.Errorf("%s", cloud.refuses)
		}
		return nil
	}
	result.ReadContext = func(_ context.Context, data *schema.ResourceData, _ any) diag.Diagnostics {
		for name, value := range cloud.has {
			// JSON has no whole numbers.
			if number, ok := value.(float64); ok {
				value = int(number)
			}
			if err := data.Set(snake(name), value); err != nil {
				return diag.FromErr(err)
			}
		}
		return nil
	}
	nothing := func(context.Context, *schema.ResourceData, any) diag.Diagnostics { return nil }
	result.UpdateContext, result.DeleteContext = nothing, nothing
	result.CustomizeDiff = func(_ context.Context, diff *schema.ResourceDiff, _ any) error {
		for name, property := range facts.Properties {
			key := snake(name)
			if property.ForceNewUnless != nil && diff.Id() != "" && diff.HasChange(key) && diff.Get(key) != *property.ForceNewUnless {
				if err := diff.ForceNew(key); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return result
}

func terraformSchema(properties map[string]*property) map[string]*schema.Schema {
	result := map[string]*schema.Schema{}
	for name, property := range properties {
		result[snake(name)] = terraformProperty(property)
	}
	return result
}

func terraformProperty(property *property) *schema.Schema {
	text := &schema.Schema{Type: schema.TypeString}
	result := &schema.Schema{
		Required:      property.Required,
		Optional:      property.Optional || property.Default != nil,
		Computed:      property.Computed,
		ForceNew:      property.ForceNew,
		ConflictsWith: allSnake(property.ConflictsWith),
		Default:       property.Default,
	}
	switch property.Type {
	case "string":
		result.Type = schema.TypeString
	case "boolean":
		result.Type = schema.TypeBool
	case "integer":
		result.Type = schema.TypeInt
		if number, ok := property.Default.(json.Number); ok {
			whole, err := number.Int64()
			check(err)
			result.Default = int(whole)
		}
	case "map":
		result.Type, result.Elem = schema.TypeMap, text
	case "strings":
		result.Type, result.Elem = schema.TypeSet, text
	case "block", "blocks":
		inside := terraformSchema(property.Properties)
		if len(inside) == 0 {
			// No scenario says more of such a block than that there is none.
			inside["unknown"] = &schema.Schema{Type: schema.TypeString, Optional: true}
		}
		result.Type, result.Elem = schema.TypeSet, &schema.Resource{Schema: inside}
		if property.Type == "block" {
			result.Type, result.MaxItems = schema.TypeList, 1
		}
	default:
		fail(fmt.Errorf("%q is no type of a property", property.Type))
	}
	if property.Policy {
		result.DiffSuppressFunc = func(_, old, new string, _ *schema.ResourceData) bool {
			same, err := awspolicy.PoliciesAreEquivalent(old, new)
			return err == nil && same
		}
	}
	return result
}

func pulumiResource(token string, facts *resourceType) *tfbridge.ResourceInfo {
	result := &tfbridge.ResourceInfo{
		Tok:                 tokens.Type(token),
		Fields:              map[string]*tfbridge.SchemaInfo{},
		DeleteBeforeReplace: facts.DeleteBeforeReplace,
	}
	for name := range facts.Properties {
		result.Fields[snake(name)] = &tfbridge.SchemaInfo{Name: name}
	}
	if auto := facts.Autoname; auto != nil {
		key := snake(auto.Property)
		if auto.Lowercase {
			result.Fields[key] = tfbridge.AutoNameTransform(auto.Property, auto.Max, strings.ToLower)
		} else {
			result.Fields[key] = tfbridge.AutoName(auto.Property, auto.Max, "-")
		}
	}
	_, tagged := facts.Properties["tags"]
	_, regional := facts.Properties["region"]
	// What pulumi-aws does by itself before the bridge's Check: provider/region.go, provider/tags.go.
	result.PreCheckCallback = func(_ context.Context, inputs, config resource.PropertyMap) (resource.PropertyMap, error) {
		inputs = inputs.Copy()
		if tagged {
			inputs["tagsAll"] = allTags(config["defaultTags"], inputs["tags"])
		}
		if region, ok := config["region"]; ok && regional && !inputs.HasValue("region") {
			inputs["region"] = region
		}
		return inputs, nil
	}
	return result
}

func allTags(defaults, own resource.PropertyValue) resource.PropertyValue {
	if own.ContainsUnknowns() {
		return resource.MakeComputed(resource.NewStringProperty(""))
	}
	all := []resource.PropertyValue{own}
	if defaults.IsObject() {
		all = []resource.PropertyValue{defaults.ObjectValue()["tags"], own}
	}
	result := resource.PropertyMap{}
	for _, tags := range all {
		if tags.IsObject() {
			for key, value := range tags.ObjectValue() {
				if key != "__defaults" {
					result[key] = value
				}
			}
		}
	}
	return resource.NewObjectProperty(result)
}

// snake returns Terraform's name for one of Pulumi's. A list's is singular in Terraform, which is of
// no matter here: every name of Pulumi's is given to the bridge.
func snake(name string) string {
	var result strings.Builder
	for _, letter := range name {
		if unicode.IsUpper(letter) {
			result.WriteRune('_')
		}
		result.WriteRune(unicode.ToLower(letter))
	}
	return result.String()
}

func allSnake(names []string) []string {
	var result []string
	for _, name := range names {
		result = append(result, snake(name))
	}
	return result
}
