// What a FHIR R4 Questionnaire has to keep to: required elements, cardinalities, value sets and invariants (que-1 to que-12) of the published definition.
const types = 'group display question boolean decimal integer date dateTime time string text url choice open-choice attachment reference quantity'.split(' ');
const operators = ['exists', '=', '!=', '>', '<', '>=', '<='];
const statuses = ['draft', 'active', 'retired', 'unknown'];
const itemMembers = 'id extension linkId definition code prefix text type enableWhen enableBehavior required repeats readOnly maxLength answerValueSet answerOption initial item'.split(' ');
const members = 'resourceType id meta implicitRules language text contained extension url identifier version name title derivedFrom status experimental subjectType date publisher contact description useContext jurisdiction purpose copyright approvalDate lastReviewDate effectivePeriod code item'.split(' ');
// the type of question → the answer[x] that a condition on it has
const answers = { boolean: 'answerBoolean', integer: 'answerInteger', date: 'answerDate', choice: 'answerCoding', text: 'answerString' };

const values = (object, prefix) => Object.keys(object).filter((key) => key.startsWith(prefix) && /[A-Z]/.test(key[prefix.length] ?? ''));

function empty(value, at, fault) {
  if (value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)) fault(`${at} is empty`);
  if (typeof value === 'string' && value !== value.trim()) fault(`${at} begins or ends with a blank`);
  if (value && typeof value === 'object') for (const [key, inner] of Object.entries(value)) empty(inner, `${at}.${key}`, fault);
}

function extensions(element, at, fault) {
  for (const one of element.extension ?? []) {
    if (!/^[a-z]+:\S+$/.test(one.url ?? '')) fault(`${at}: an extension has no absolute url`);
    if (values(one, 'value').length !== 1) fault(`${at}: ${one.url} has not exactly one value[x]`);
  }
}

function coding(one, at, fault) {
  if (typeof one.code !== 'string' || /\s{2}|^\s|\s$/.test(one.code) || !one.code) fault(`${at}: a Coding without a code`);
  if (!/^[a-z]+:\S+$/.test(one.system ?? '')) fault(`${at}: a Coding's system is no absolute uri`);
}

function enabled(item, all, at, fault) {
  const tests = item.enableWhen ?? [];
  if (tests.length > 1 && !['all', 'any'].includes(item.enableBehavior)) fault(`${at}: que-12, several enableWhen without enableBehavior`);
  for (const test of tests) {
    const asked = all.get(test.question);
    const [value, ...others] = values(test, 'answer');
    if (!asked) fault(`${at}: enableWhen refers to ${test.question}, which is not there`);
    if (!operators.includes(test.operator)) fault(`${at}: ${test.operator} is no operator`);
    if (!value || others.length) fault(`${at}: not exactly one answer[x]`);
    else if (test.operator === 'exists' && value !== 'answerBoolean') fault(`${at}: que-7, exists wants a boolean`);
    else if (test.operator !== 'exists' && asked && answers[asked.type] !== value) fault(`${at}: ${value} for ${test.question}, which is a ${asked.type}`);
    if (value === 'answerCoding') {
      coding(test.answerCoding, at, fault);
      if (!asked?.answerOption?.some((o) => o.valueCoding.code === test.answerCoding.code && o.valueCoding.system === test.answerCoding.system)) fault(`${at}: ${test.question} has no option ${test.answerCoding.code}`);
    }
  }
}

function item(one, all, fault) {
  const at = one.linkId ?? 'an item without linkId';
  for (const key of Object.keys(one)) if (!itemMembers.includes(key)) fault(`${at}: ${key} is no member of an item`);
  if (!one.linkId) fault(`${at}: linkId is missing`);
  if (!types.includes(one.type)) fault(`${at}: ${one.type} is no type`);
  if (one.type === 'group' && !one.item?.length) fault(`${at}: que-1, a group without items`);
  if (one.type === 'display' && (one.item || 'required' in one || 'repeats' in one || one.code)) fault(`${at}: que-1, que-3, que-6`);
  if (one.answerOption && one.answerValueSet) fault(`${at}: que-4`);
  if ((one.answerOption || one.answerValueSet) && !['choice', 'open-choice'].includes(one.type)) fault(`${at}: que-5, options of a ${one.type}`);
  if (['choice', 'open-choice'].includes(one.type) && !one.answerOption?.length) fault(`${at}: a choice without answerOption`);
  if ('maxLength' in one && !['boolean', 'decimal', 'integer', 'string', 'text', 'url', 'open-choice'].includes(one.type)) fault(`${at}: que-10`);
  if (one.answerOption && one.initial) fault(`${at}: que-11`);
  for (const key of ['required', 'repeats', 'readOnly']) if (key in one && typeof one[key] !== 'boolean') fault(`${at}: ${key} is no boolean`);
  for (const option of one.answerOption ?? []) {
    if (values(option, 'value').length !== 1) fault(`${at}: an option has not exactly one value[x]`);
    if (option.valueCoding) coding(option.valueCoding, at, fault);
    extensions(option, at, fault);
  }
  extensions(one, at, fault);
  enabled(one, all, at, fault);
  for (const inner of one.item ?? []) item(inner, all, fault);
}

export const itemsOf = (resource) => (resource.item ?? []).flatMap((one) => [one, ...itemsOf(one)]);

// What is wrong with it, sentence by sentence.
export function faultsOf(resource) {
  const faults = [];
  const fault = (words) => faults.push(words);
  const all = new Map();
  for (const one of itemsOf(resource)) {
    if (all.has(one.linkId)) fault(`${one.linkId}: que-2, twice`);
    all.set(one.linkId, one);
  }
  if (resource.resourceType !== 'Questionnaire') fault('it is no Questionnaire');
  for (const key of Object.keys(resource)) if (!members.includes(key)) fault(`${key} is no member of a Questionnaire`);
  if (!statuses.includes(resource.status)) fault(`${resource.status} is no status`);
  if ('name' in resource && !/^[A-Z]([A-Za-z0-9_]){0,254}$/.test(resource.name)) fault('que-0, its name is none for programs');
  if ('url' in resource && !/^[a-z]+:\S+$/.test(resource.url)) fault('its url is not absolute');
  if ('date' in resource && !/^\d{4}(-\d\d(-\d\d(T.+)?)?)?$/.test(resource.date)) fault('its date is none');
  empty(resource, 'Questionnaire', fault);
  for (const one of resource.item ?? []) item(one, all, fault);
  return faults;
}

// --- Observations: https://hl7.org/fhir/R4/observation.html, and the Bundle that they come in

const observationMembers = 'resourceType id meta implicitRules language text contained extension modifierExtension identifier basedOn partOf status category code subject focus encounter effectiveDateTime effectivePeriod effectiveTiming effectiveInstant issued performer valueQuantity valueCodeableConcept valueString valueBoolean valueInteger valueRange valueRatio valueSampledData valueTime valueDateTime valuePeriod dataAbsentReason interpretation note bodySite method specimen device referenceRange hasMember derivedFrom component'.split(' ');
const observationStatuses = 'registered preliminary final amended corrected cancelled entered-in-error unknown'.split(' ');
const moment = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?$/;

function concept(one, at, fault) {
  if (!one || (!one.text && !one.coding?.length)) fault(`${at}: a CodeableConcept without coding and text`);
  for (const each of one?.coding ?? []) coding(each, at, fault);
}

function quantity(one, at, fault) {
  if (one === undefined) return;
  if (typeof one.value !== 'number') fault(`${at}: a Quantity's value is no number`);
  if (one.code && !one.system) fault(`${at}: qty-3, a code without its system`);
}

function observation(one, at, fault) {
  if (one?.resourceType !== 'Observation') fault(`${at}: it is no Observation`);
  for (const key of Object.keys(one)) if (!observationMembers.includes(key)) fault(`${at}: ${key} is no member of an Observation`);
  if (!observationStatuses.includes(one.status)) fault(`${at}: ${one.status} is no status`);
  concept(one.code, `${at}.code`, fault);
  for (const each of one.category ?? []) concept(each, `${at}.category`, fault);
  if (one.effectiveDateTime !== undefined && !moment.test(one.effectiveDateTime)) fault(`${at}: ${one.effectiveDateTime} is no dateTime`);
  if (values(one, 'effective').length > 1 || values(one, 'value').length > 1) fault(`${at}: more than one effective[x] or value[x]`);
  if (one.dataAbsentReason && values(one, 'value').length) fault(`${at}: obs-6, a value and a reason for none`);
  if (!values(one, 'value').length && !one.component && !one.dataAbsentReason) fault(`${at}: neither a value nor parts`);
  const codes = (c) => (c?.coding ?? []).map((x) => `${x.system}|${x.code}`);
  for (const part of one.component ?? []) {
    concept(part.code, `${at}.component`, fault);
    if (values(part, 'value').length > 1) fault(`${at}: more than one value[x] of a part`);
    if (values(one, 'value').length && codes(part.code).some((c) => codes(one.code).includes(c))) fault(`${at}: obs-7`);
    quantity(part.valueQuantity, at, fault);
  }
  quantity(one.valueQuantity, at, fault);
  if (one.valueCodeableConcept) concept(one.valueCodeableConcept, at, fault);
}

// What is wrong with a Bundle of Observations.
export function bundleFaultsOf(bundle) {
  const faults = [];
  const fault = (words) => faults.push(words);
  if (bundle.resourceType !== 'Bundle' || bundle.type !== 'collection') fault('it is no collection');
  if ('total' in bundle || bundle.entry?.some((e) => e.search || e.request || e.response)) fault('bdl-1 to bdl-4');
  const urls = (bundle.entry ?? []).map((e) => e.fullUrl);
  if (new Set(urls).size !== urls.length) fault('bdl-7, an address twice');
  for (const url of urls) if (!/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(url)) fault(`${url} is no address`);
  empty(bundle, 'Bundle', fault);
  for (const [i, entry] of (bundle.entry ?? []).entries()) observation(entry.resource, `entry ${i}`, fault);
  return faults;
}
