// Every Spanish string of the desk, one file per part so that two people rarely meet in one.
import common from "./es/common.json";
import contacts from "./es/contacts.json";
import officers from "./es/officers.json";
import places from "./es/places.json";
import reasons from "./es/reasons.json";
import shell from "./es/shell.json";
import tasks from "./es/tasks.json";
import updates from "./es/updates.json";
import type { Messages } from "./text";

const spanish: Messages = { common, contacts, officers, places, reasons, shell, tasks, updates };
export default spanish;
